package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.maker.RecordedMakers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers that are attested by what was found when their connection was accepted, without another look-up. */
class AcceptedCallerTest extends AttestorFixture {
    @ParameterizedTest
    @CsvSource({"V1,socket-maker", "V2,cgroup-v2"})
    void callerOnTheHostsNetworkIsAttestedByTheGroupThatMadeItsSocket(CgroupVersion version, String by)
            throws IOException {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = withMakers(lab);
        LabProcess one = lab.container("one");
        LabProcess two = lab.container("two");
        scanTwice(attestor);
        Caller ofOne = accepted(attestor, lab.connect(one, LOOPBACK));
        Caller ofTwo = accepted(attestor, lab.connect(two, LOOPBACK));

        assertThat(attestor.attestAtOnce(ofOne)).contains(attested("one", one, by));
        assertThat(attestor.attestAtOnce(ofTwo)).contains(attested("two", two, by));
    }

    @ParameterizedTest
    @CsvSource({"V1,socket-maker", "V2,cgroup-v2"})
    void socketThatWasPassedOnAfterTheAcceptStaysItsMakers(CgroupVersion version, String by) throws IOException {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = withMakers(lab);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        scanTwice(attestor);
        Caller caller = accepted(attestor, lab.connect(maker, LOOPBACK));
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");
        maker.run("exec 3>&-");

        assertThat(attestor.attestAtOnce(caller)).contains(attested("maker", maker, by));
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("maker", maker, by));
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void containerThatHasEndedIsNotAttested(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = withMakers(lab);
        LabProcess task = lab.container("task");
        scanTwice(attestor);
        Caller caller = accepted(attestor, lab.connect(task, LOOPBACK));
        task.awaitLaterTick();
        task.close();

        assertThat(attestor.attestAtOnce(caller)).isEmpty();
        lab.container("task");
        scanTwice(attestor);
        assertThat(attestor.attestAtOnce(caller))
                .as("another container with its id and its cgroup")
                .isEmpty();
        assertThat(attestor.attest(caller, Deadlines.ample())).isNotInstanceOf(Attestation.Attested.class);
    }

    /** Its maker is not known at accept, so that its socket is looked up for each request. */
    @ParameterizedTest
    @CsvSource({"V1,socket-maker", "V2,cgroup-v2"})
    void containerThatStartedAfterTheLastScanIsLookedUp(CgroupVersion version, String by) throws IOException {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = withMakers(lab);
        scanTwice(attestor);
        LabProcess task = lab.container("task");
        Caller caller = accepted(attestor, lab.connect(task, LOOPBACK));

        assertThat(attestor.attestAtOnce(caller)).isEmpty();
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("task", task, by));
        assertThat(attestor.attestAtOnce(caller)).isEmpty();
    }

    /** It may have been taken over by a neighbour: the counters of its ends have to be compared at each request. */
    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void callerWithItsOwnNetworkIsLookedUpForEachRequest(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = withMakers(lab);
        LabNetwork network = lab.network();
        LabProcess task = lab.container("task", network);
        scanTwice(attestor);
        Caller caller = lab.connect(task, network.hostAddress());

        assertThat(attestor.source(caller).exact()).isTrue();
        assertThat(attestor.source(caller).maker()).isEmpty();
    }

    @Test
    void callerWhoseMakerIsNotRecordedIsLookedUpForEachRequest() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        KernelAttestor attestor = attestor(lab);
        LabProcess task = lab.container("task");
        scanTwice(attestor);
        Caller caller = lab.connect(task, LOOPBACK);

        assertThat(attestor.attestAtOnce(accepted(attestor, caller))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(CgroupVersion.class)
    void processOfTheHostIsNotAttested(CgroupVersion version) throws IOException {
        ContainerLab lab = lab(version);
        KernelAttestor attestor = withMakers(lab);
        lab.container("task");
        scanTwice(attestor);
        Caller caller = accepted(attestor, lab.connect(lab.hostProcess(), LOOPBACK));

        assertThat(attestor.attestAtOnce(caller)).isEmpty();
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Attestation.NoContainer.class);
    }

    /** Its ends can be another container's by the time of the look-up, which then finds that container. */
    @Test
    void connectionThatWasResetBeforeTheAcceptIsNotConnected() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        KernelAttestor attestor = attestor(lab);
        Socket first = connect(lab, 0);
        int port = first.getLocalPort();
        first.setSoLinger(true, 0);
        first.close();
        try (Socket second = connect(lab, port)) {
            Caller reset = lab.accept();
            assertThat(reset.remote().getPort()).isEqualTo(port);
            assertThat(attestor.source(reset)).isEqualTo(CallerSource.RESET);

            Caller connected = lab.accept();
            assertThat(connected).isEqualTo(reset);
            assertThat(attestor.source(connected)).isNotEqualTo(CallerSource.RESET);
            second.shutdownOutput();
            assertThat(attestor.source(connected))
                    .as("its caller has sent its last request")
                    .isNotEqualTo(CallerSource.RESET);
        }
    }

    /** A query for its caller's end would go on to all sockets that listen there, on the event loop. */
    @Test
    void callerOfAConnectionThatIsResetIsNotLookedUp() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        KernelAttestor attestor = attestor(lab);
        Socket socket = connect(lab, 0);
        socket.setSoLinger(true, 0);
        socket.close();

        assertThat(attestor.source(lab.accept())).isEqualTo(CallerSource.RESET);
    }

    private static Socket connect(ContainerLab lab, int port) throws IOException {
        Socket socket = new Socket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), lab.port()));
        return socket;
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void onlyALookUpWithoutNetlinkReadsFiles(boolean netlink) throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        KernelAttestor attestor = attestor(lab, netlink);
        Caller caller = lab.connect(lab.container("task"), LOOPBACK);

        assertThat(attestor.sourceAtOnce(caller).isPresent()).isEqualTo(netlink);
    }

    private KernelAttestor withMakers(ContainerLab lab) throws IOException {
        Optional<RecordedMakers> makers = Optional.empty();
        if (lab.config().version() == CgroupVersion.V1) {
            RecordedMakers recorded = lab.makers();
            open.add(recorded);
            makers = Optional.of(recorded);
        }
        KernelAttestor attestor =
                new KernelAttestor(lab.config(), ContainerSources.NONE, makers, (started, ended) -> {});
        open.add(attestor);
        return attestor;
    }

    /** The caller with what is found about it when its connection is accepted. */
    private static Caller accepted(KernelAttestor attestor, Caller caller) {
        return caller.found(attestor.source(caller));
    }

    /** The second scan holds the processes that the first one has found. */
    private static void scanTwice(KernelAttestor attestor) {
        var ignored = attestor.scanNow();
        ignored = attestor.scanNow();
    }
}
