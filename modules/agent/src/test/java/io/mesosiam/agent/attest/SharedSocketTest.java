package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.attest.Attestation.Unrecorded;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.maker.RecordedMakers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A socket that is held by processes of several containers, or was passed on. */
class SharedSocketTest extends AttestorFixture {
    @Test
    void socketThatTwoContainersHoldProvesNeither() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");

        assertThat(attestor(lab).attest(caller, Deadlines.ample())).isInstanceOf(Ambiguous.class);
    }

    @Test
    void keptAliveConnectionIsAttestedOnEveryRequest() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        LabProcess other = lab.container("other");
        KernelAttestor attestor = attestor(lab);
        Caller caller = lab.connect(maker, LOOPBACK);
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("maker", maker, "freezer"));
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("maker", maker, "freezer"));

        passOnSocket(lab, maker);
        assertThat(attestor.attest(caller, Deadlines.ample())).isEqualTo(attested("other", other, "freezer"));

        other.close();
        maker.close();
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unknown.class);
    }

    /** A child of the process takes its socket into the container "other"; the process closes its own descriptor. */
    private static void passOnSocket(ContainerLab lab, LabProcess maker) throws IOException {
        maker.fork("echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs") + ";");
        maker.run("exec 3>&-");
    }

    @Test
    void onV2ASocketBelongsToItsCreator() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        passOnSocket(lab, maker);

        assertThat(attestor(lab).attest(caller, Deadlines.ample())).isEqualTo(attested("maker", maker, "cgroup-v2"));
    }

    @Test
    void onV1ASocketBelongsToItsMakerIfTheKernelRecordsMakers() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        RecordedMakers makers = lab.makers();
        open.add(makers);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        passOnSocket(lab, maker);

        assertThat(attestor(lab, makers).attest(caller, Deadlines.ample()))
                .isEqualTo(attested("maker", maker, "socket-maker"));
    }

    @Test
    void onV1ASocketFromBeforeTheRecordingBelongsToNoContainer() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        RecordedMakers makers = lab.makers();
        open.add(makers);
        KernelAttestor attestor = attestor(lab, makers);

        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unrecorded.class);
        passOnSocket(lab, maker);
        assertThat(attestor.attest(caller, Deadlines.ample())).isInstanceOf(Unrecorded.class);
        assertThat(attestor.source(caller).maker()).isEmpty();
    }

    /** The kernel makes the TCP socket below one of MPTCP itself, and does not record it. */
    @Test
    void onV1AnMptcpSocketBelongsToNoContainerIfTheKernelRecordsMakers() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        RecordedMakers makers = lab.makers();
        open.add(makers);
        LabProcess maker = lab.container("maker");
        Caller caller = connectByMptcp(lab, maker, LOOPBACK);

        assertThat(attestor(lab, makers).attest(caller, Deadlines.ample())).isInstanceOf(Unrecorded.class);
    }

    @Test
    void mptcpSocketInANetworkOfItsOwnBelongsToTheNetworksOnlyContainer() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        RecordedMakers makers = lab.makers();
        open.add(makers);
        LabNetwork network = lab.network();
        LabProcess maker = lab.container("maker", network);
        Caller caller = connectByMptcp(lab, maker, network.hostAddress());

        assertThat(attestor(lab, makers).attest(caller, Deadlines.ample()))
                .isEqualTo(attested("maker", maker, "address"));
    }

    @Test
    void mptcpSocketInANetworkThatContainersShareBelongsToNoContainer() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        RecordedMakers makers = lab.makers();
        open.add(makers);
        LabNetwork network = lab.network();
        lab.container("pod", network);
        LabProcess maker = lab.container("pod/maker", network);
        Caller caller = connectByMptcp(lab, maker, network.hostAddress());

        assertThat(attestor(lab, makers).attest(caller, Deadlines.ample())).isInstanceOf(Unrecorded.class);
    }

    @Test
    void socketInASharedNetworkThatIsReadFromProcBelongsToNoContainer() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        RecordedMakers makers = lab.makers();
        open.add(makers);
        LabNetwork network = lab.network();
        lab.container("pod", network);
        LabProcess maker = lab.container("pod/maker", network);
        Caller caller = lab.connect(maker, network.hostAddress());

        assertThat(attestor(lab, makers, false).attest(caller, Deadlines.ample()))
                .isInstanceOf(Unrecorded.class);
    }

    private KernelAttestor attestor(ContainerLab lab, RecordedMakers makers) {
        return attestor(lab, makers, true);
    }

    private KernelAttestor attestor(ContainerLab lab, RecordedMakers makers, boolean netlink) {
        KernelAttestor attestor = new KernelAttestor(
                lab.config(), ContainerSources.NONE, Optional.of(makers), (started, ended) -> {}, netlink);
        open.add(attestor);
        return attestor;
    }

    /** A child of the process connects. */
    private static Caller connectByMptcp(ContainerLab lab, LabProcess process, String address) throws IOException {
        ContainerLab.assume(Files.exists(Path.of("/usr/bin/perl")), "no Perl");
        Path enabled = Path.of("/proc/sys/net/mptcp/enabled");
        ContainerLab.assume(
                Files.exists(enabled) && Files.readString(enabled).strip().equals("1"), "no MPTCP");
        process.run("exec 8< <( exec perl -e '$| = 1; socket(S, 2, 1, 262) && "
                + "connect(S, pack(\"S n C4 x8\", 2, %d, %s)) or die $!; print \"up\\n\"; sleep 3600' )"
                        .formatted(lab.port(), address.replace('.', ','))
                + "; read -r -u 8 up");
        return lab.accept();
    }

    /** The limit of v1, as documented: a socket that was passed on completely belongs to its holder. */
    @Test
    void onV1WithoutRecordedMakersASocketBelongsToItsHolder() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        LabProcess other = lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        passOnSocket(lab, maker);

        assertThat(attestor(lab).attest(caller, Deadlines.ample())).isEqualTo(attested("other", other, "freezer"));
    }

    @Test
    void socketThatAnotherUserCreatedIsNotItsHolders() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V1);
        LabProcess maker = lab.container("maker");
        lab.container("other");
        Caller caller = lab.connect(maker, LOOPBACK);
        maker.run("command -v setpriv");
        maker.run("exec 9< <( echo $BASHPID > " + lab.groupOf("other").resolve("cgroup.procs")
                + "; exec setpriv --reuid 65534 --regid 65534 --clear-groups"
                + " bash -c 'echo up; exec sleep 3600' ); read -r -u 9 up");
        maker.run("exec 3>&-");

        // neither root nor the socket's user: its descriptors are not searched
        assertThat(attestor(lab).attest(caller, Deadlines.ample())).isInstanceOf(NoContainer.class);
    }
}
