package io.mesosiam.agent.attest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.attest.DockerLab.DockerContainer;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerContainersTest {
    private static final String LOOPBACK = "127.0.0.1";
    private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private ContainerLab lab;
    private DockerLab docker;
    private KernelAttestor attestor;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable thing : open) {
            thing.close();
        }
    }

    private void lab(CgroupVersion version) throws IOException {
        lab(version, true);
    }

    private void lab(CgroupVersion version, boolean netlink) throws IOException {
        lab = ContainerLab.open(version);
        open.push(lab);
        docker = new DockerLab(lab);
        open.push(docker);
        attestor = new KernelAttestor(
                lab.config(),
                new ContainerSources(docker.client(), Optional.empty()),
                Optional.empty(),
                (started, ended) -> {},
                netlink);
        open.push(attestor);
    }

    private Container container(String id, DockerContainer first) {
        return new Container(id, PROC.start(first.process().pid()).orElseThrow());
    }

    /** Repeats an unknown result, as a request does. */
    private Attestation attest(Caller caller) {
        Attestation attestation = attestor.attest(caller, Deadlines.ample());
        while (attestation instanceof Unknown) {
            attestation = attestor.attest(caller, Deadlines.ample());
        }
        return attestation;
    }

    private Attestation attest(DockerContainer container) {
        return attest(lab.connect(container.process(), LOOPBACK));
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void containersOnTheHostsNetworkAreIdentifiedByName(CgroupVersion version, boolean netlink, String by)
            throws IOException {
        lab(version, netlink);
        DockerContainer one = docker.container("mesos-one");
        DockerContainer two = docker.container("mesos-two");

        assertThat(attest(one)).isEqualTo(new Attested(container("one", one), by));
        assertThat(attest(two)).isEqualTo(new Attested(container("two", two), by));
        assertThat(attestor.running()).containsExactlyInAnyOrder(container("one", one), container("two", two));
    }

    @ParameterizedTest
    @CsvSource({"V1,true,freezer", "V1,false,freezer", "V2,true,cgroup-v2", "V2,false,cgroup-v2-process"})
    void containersOnABridgeAreIdentifiedByName(CgroupVersion version, boolean netlink, String by) throws IOException {
        lab(version, netlink);
        LabNetwork network = lab.network();
        DockerContainer task = docker.container("mesos-task", network);

        assertThat(attest(lab.connect(task.process(), network.hostAddress())))
                .isEqualTo(new Attested(container("task", task), by));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void processThatJoinsAContainersNetworkIsNotThatContainer(CgroupVersion version) throws IOException {
        lab(version);
        LabNetwork network = lab.network();
        DockerContainer task = docker.container("mesos-task", network);
        DockerContainer sidecar = docker.container("sidecar", network);
        assertThat(attest(lab.connect(task.process(), network.hostAddress()))).isInstanceOf(Attested.class);

        assertThat(attest(lab.connect(sidecar.process(), network.hostAddress())))
                .isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void mesosAndDockerContainersCoexist(CgroupVersion version) throws IOException {
        lab(version);
        LabProcess own = lab.container("own");
        DockerContainer task = docker.container("mesos-task");

        assertThat(attest(lab.connect(own, LOOPBACK))).isInstanceOf(Attested.class);
        assertThat(attest(task)).isInstanceOf(Attested.class);
        assertThat(attest(lab.connect(lab.hostProcess(), LOOPBACK))).isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "mesos-", "mesos-a/b", "mesos-..", "mesos-a b", "xmesos-a", "MESOS-a"})
    void otherNamesAreNotMesosContainers(String name) throws IOException {
        lab(CgroupVersion.V1);
        DockerContainer other = docker.container(name);

        assertThat(attest(other)).isInstanceOf(NoContainer.class);
        assertThat(attestor.running()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void twoContainersOfOneNameAreNeither(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer one = docker.container("mesos-task");
        assertThat(attest(one)).isInstanceOf(Attested.class);

        DockerContainer two = docker.container("mesos-task");

        assertThat(attest(two)).isInstanceOf(NoContainer.class);
        assertThat(attest(one)).isInstanceOf(NoContainer.class);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void dockerNameNeverReplacesAMesosContainer(CgroupVersion version) throws IOException {
        lab(version);
        LabProcess own = lab.container("task");
        DockerContainer other = docker.container("mesos-task");

        assertThat(attest(other)).isInstanceOf(NoContainer.class);
        assertThat(attest(lab.connect(own, LOOPBACK)))
                .extracting(found -> ((Attested) found).container().id())
                .isEqualTo("task");
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void reportedProcessOutsideOfTheCgroupIsNotAccepted(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer task = docker.unknown(Optional.empty());
        LabProcess elsewhere = lab.hostProcess();
        docker.daemon().has(task.id(), "mesos-task", elsewhere.pid());

        assertThat(attestor.attest(lab.connect(task.process(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Unknown.class);
        assertThat(attestor.running()).isEmpty();
        // the daemon now reports the right process
        docker.daemon().has(task.id(), "mesos-task", task.process().pid());
        assertThat(attest(task)).isEqualTo(attested("task", task, version));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containerThatTheDaemonHasNotStartedYetIsUnknown(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer task = docker.unknown(Optional.empty());
        docker.daemon().has(task.id(), "mesos-task", 0);

        assertThat(attestor.attest(lab.connect(task.process(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Unknown.class);
        docker.daemon().has(task.id(), "mesos-task", task.process().pid());
        assertThat(attest(task)).isEqualTo(attested("task", task, version));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void silentDaemonEndsNoContainerAndDelaysNoCaller(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer known = docker.container("mesos-known");
        assertThat(attest(known)).isInstanceOf(Attested.class);
        CountDownLatch over = new CountDownLatch(1);
        DockerContainer late = docker.unknown(Optional.empty());
        docker.daemon().does(late.id(), out -> awaitUninterruptibly(over));
        docker.daemon().does(known.id(), out -> awaitUninterruptibly(over));

        assertThat(attestor.attest(lab.connect(late.process(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Unknown.class);
        LabProcess own = lab.container("own");
        assertThat(attestor.attest(lab.connect(own, LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Attested.class);
        assertThat(attestor.attest(lab.connect(known.process(), LOOPBACK), Deadlines.ample()))
                .isEqualTo(attested("known", known, version));

        docker.daemon().has(late.id(), "mesos-late", late.process().pid());
        over.countDown();
        assertThat(attest(late)).isEqualTo(attested("late", late, version));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void daemonIsQueriedOncePerContainer(CgroupVersion version) throws IOException {
        lab(version);
        docker.container("mesos-task");
        docker.container("registry");
        attestor.start();
        int requests = docker.daemon().requests();

        for (int looks = 0; looks < 20; looks++) {
            attestor.scanNow();
        }

        assertThat(requests).isEqualTo(2);
        assertThat(docker.daemon().requests()).isEqualTo(requests);
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void allRunningContainersAreKnownAfterTheStart(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer task = docker.container("mesos-task");

        attestor.start();

        assertThat(attestor.running()).containsExactly(container("task", task));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containerEndsWithItsFirstProcess(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer task = docker.container("mesos-task");
        Caller caller = lab.connect(task.process(), LOOPBACK);
        assertThat(attest(caller)).isInstanceOf(Attested.class);

        task.process().close();
        attestor.scanNow();

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);
        assertThat(attestor.running()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void malformedAnswerIsNoName(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer task = docker.unknown(Optional.empty());
        docker.daemon().does(task.id(), out -> out.write("HTTP/1.0 200 OK\r\n\r\n<html>".getBytes(US_ASCII)));

        assertThat(attestor.attest(lab.connect(task.process(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(Unknown.class);
        assertThat(attestor.running()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containerWithATooLongAnswerIsRefusedWithoutDelayingOtherCallers(CgroupVersion version) throws IOException {
        lab(version);
        DockerContainer large = docker.unknown(Optional.empty());
        docker.daemon()
                .does(
                        large.id(),
                        out -> out.write(("HTTP/1.0 200 OK\r\n\r\n{\"Id\":\"" + large.id() + "\",\"Args\":[\""
                                        + "a".repeat(2 << 20) + "\"]}")
                                .getBytes(US_ASCII)));

        assertThat(attest(large)).isInstanceOf(NoContainer.class);

        int requests = docker.daemon().requests();
        assertThat(attestor.attest(lab.connect(lab.hostProcess(), LOOPBACK), Deadlines.ample()))
                .isInstanceOf(NoContainer.class);
        assertThat(docker.daemon().requests()).as("it is not queried again").isEqualTo(requests);
        DockerContainer task = docker.container("mesos-task");
        assertThat(attest(task)).isEqualTo(attested("task", task, version));
    }

    private Attested attested(String id, DockerContainer first, CgroupVersion version) {
        return new Attested(container(id, first), version == CgroupVersion.V1 ? "freezer" : "cgroup-v2");
    }

    private static void awaitUninterruptibly(CountDownLatch over) throws IOException {
        try {
            over.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
