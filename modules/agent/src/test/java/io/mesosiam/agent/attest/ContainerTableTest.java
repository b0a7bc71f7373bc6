package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a view contains that was requested at a certain moment. Real namespaces and cgroups. */
class ContainerTableTest {
    private static final String ADDRESS = "192.0.2.17";

    /** The duration of a scan, after which requests cause no other one for three times as long. */
    private static final Duration SLOW = Duration.ofSeconds(2);

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

            HostView view = table.viewAfter(asked);

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

            assertThat(table.viewAfter(asked).container("task")).isPresent();
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
                    view.complete(table.viewAfter(System.nanoTime()));
                } catch (InterruptedException e) {
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

    private static ContainerTable table(AttestConfig config) {
        return table(config, (started, ended) -> {});
    }

    private static ContainerTable table(AttestConfig config, ContainerListener listener) {
        ProcFs proc = new ProcFs(config.proc(), true);
        SocketLookups lookups = new SocketLookups(proc, CgroupVersion.V2, Optional.empty(), true);
        HostScanner scanner = new HostScanner(
                new CgroupTree(config), Optional.empty(), Optional.empty(), new NetClasses(config), proc, lookups);
        return new ContainerTable(scanner, proc, lookups.ofHost(), listener);
    }
}
