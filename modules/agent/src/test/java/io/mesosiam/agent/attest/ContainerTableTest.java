package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.cgroup.NetClasses;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a view contains that was requested at a certain moment. Real namespaces and cgroups. */
class ContainerTableTest {
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    private static final String ADDRESS = "192.0.2.17";

    /** The duration of a scan, after which requests cause no other one for three times as long. */
    private static final Duration SLOW = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void viewAfterAMomentHasAddressesTakenBeforeItEvenIfARegularScanCameBetween(CgroupVersion version)
            throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                ContainerTable table = table(lab.config())) {
            LabNetwork network = lab.network();
            lab.container("task", network);
            table.scan();
            network.add(ADDRESS + "/32");
            long asked = System.nanoTime();
            table.scan();

            HostView view = table.viewAfter(asked, Deadlines.ample());

            assertThat(view.namespacesWith(InetAddress.getByName(ADDRESS))).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void viewAfterAMomentHasContainersStartedBeforeItEvenIfARegularScanCameBetween(CgroupVersion version)
            throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                ContainerTable table = table(lab.config())) {
            table.scan();
            lab.container("task", lab.network());
            long asked = System.nanoTime();
            table.scan();

            assertThat(table.viewAfter(asked, Deadlines.ample()).container("task"))
                    .isPresent();
        }
    }

    /** Root in a network namespace of its own adds any number of them. */
    @Test
    void addressesOfOneNetworkAreBounded() throws Exception {
        try (ContainerLab lab = ContainerLab.open(CgroupVersion.V1);
                ContainerTable table = table(lab.config())) {
            LabNetwork many = lab.network();
            LabNetwork other = lab.network();
            Path batch = Files.write(
                    directory.resolve("addresses"),
                    IntStream.range(0, LocalAddresses.MOST + 200)
                            .mapToObj(i -> "addr add 10.1." + (i >> 8) + "." + (i & 255) + "/32 dev eth0")
                            .toList());
            LabNetwork.run("ip -n " + many.name() + " -batch " + batch);
            lab.container("many", many);
            lab.container("other", other);

            table.scan();

            assertThat(table.view().namespaces().values())
                    .hasSize(2)
                    .allMatch(network -> network.addresses().size() <= LocalAddresses.MOST);
            assertThat(table.view().namespacesWith(InetAddress.getByName("10.1.0.1")))
                    .hasSize(1);
            assertThat(table.view().namespacesWith(InetAddress.getByName(other.address())))
                    .hasSize(1);
        }
    }

    /** On a host with thousands of containers a regular scan begins before requests may cause another one. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void regularScanServesThoseThatWaitForAView(CgroupVersion version) throws Exception {
        try (ContainerLab lab = ContainerLab.open(version);
                ContainerTable table = table(lab.config(), (started, ended) -> LockSupport.parkNanos(SLOW.toNanos()))) {
            lab.container("task");
            table.scan();
            CompletableFuture<HostView> view = new CompletableFuture<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    view.complete(table.viewAfter(System.nanoTime(), Deadlines.ample()));
                } catch (InterruptedException | TimeoutException e) {
                    view.completeExceptionally(e);
                }
            });
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }

            table.scan();
            HostView scanned = table.view();

            assertThat(view.get()).isSameAs(scanned);
        }
    }

    /** The scan goes on, and serves requests that come later. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void viewThatIsNotThereInTimeIsGivenUp(CgroupVersion version) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ContainerLab lab = ContainerLab.open(version);
                ContainerTable table = table(lab.config(), (started, ended) -> await(release))) {
            lab.container("task");
            long asked = System.nanoTime();

            assertThatThrownBy(() -> table.viewAfter(asked, Deadline.in(Duration.ofMillis(50))))
                    .isInstanceOf(TimeoutException.class);

            release.countDown();
            assertThat(table.viewAfter(asked, Deadlines.ample()).container("task"))
                    .isPresent();
        }
    }

    @Test
    void failureOfAScanIsReportedToThoseThatWaitForIt() throws Exception {
        try (ContainerLab lab = ContainerLab.open(CgroupVersion.V2)) {
            ContainerTable table = table(lab.config(), (started, ended) -> {
                throw new IllegalStateException("too many descriptors");
            });
            lab.container("task");

            assertThatThrownBy(() -> table.viewAfter(System.nanoTime(), Deadlines.ample()))
                    .hasMessageContaining("too many descriptors");
            table.close();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ContainerTable table(CgroupConfig config) {
        return table(config, (started, ended) -> {});
    }

    private static ContainerTable table(CgroupConfig config, ContainerListener listener) {
        ProcFs proc = new ProcFs(config.proc(), true);
        SocketLookups lookups = new SocketLookups(proc, CgroupVersion.V2, Optional.empty(), true);
        HostScanner scanner = new HostScanner(
                new CgroupTree(config), Optional.empty(), Optional.empty(), new NetClasses(config), proc, lookups);
        return new ContainerTable(scanner, proc, lookups.ofHost(), listener, CLOCK);
    }
}
