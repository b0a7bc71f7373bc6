package io.mesosiam.agent.attest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.agent.redirect.KernelAssumptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A task leaves a socket open whose connection the agent has closed. A neighbour on the same bridge, root in its own
 * network namespace, opens a connection with the same two ends and sends a request. Real namespaces and cgroups.
 */
class TakenOverConnectionTest {
    private static final String REQUEST = "request\n";
    private static final String ANSWER = "answer\n";

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void cleanUp() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable thing : open) {
            thing.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"V1,true", "V1,false", "V2,true", "V2,false"})
    void socketThatTheAgentClosedIsNotTheCallerWithATranslatedSource(CgroupVersion version, boolean netlink)
            throws IOException {
        Scene scene = new Scene(version, netlink);
        scene.victimAsks();
        scene.agentAnswers();
        scene.agentClosesAndVictimStays();
        scene.neighbourTranslatesItsSource();

        assertThat(scene.neighbourAsks()).isInstanceOfAny(NoContainer.class, Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void socketThatMissedTheAgentsCloseIsNotTheCallerWithATranslatedSource(CgroupVersion version) throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.agentAnswers();
        scene.closeAgentsEndUnnoticed();
        scene.neighbourTranslatesItsSource();

        assertThat(scene.neighbourAsks()).isInstanceOfAny(NoContainer.class, Unknown.class);
        scene.sendAnswer();
        assertThat(scene.neighbourAsksAgain()).isInstanceOfAny(NoContainer.class, Unknown.class);
    }

    /** Both sockets have sent the same number of bytes and received none: only the time at which they sent differs. */
    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void socketOfAnUnansweredRequestIsNotTheCallerOfALaterOneOfTheSameLength(CgroupVersion version) throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.closeAgentsEndUnnoticed();
        scene.victimStaysSilentForLongerThanATransit();
        scene.neighbourTranslatesItsSource();

        assertThat(scene.neighbourAsks()).isInstanceOfAny(NoContainer.class, Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void neighbourWithTheVictimsAddressIsAttestedAsItselfAfterTheAgentClosed(CgroupVersion version) throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.agentAnswers();
        scene.agentClosesAndVictimStays();
        scene.neighbourGivesItselfTheAddress();

        assertThat(scene.neighbourAsks()).isInstanceOfSatisfying(Attested.class, found -> assertThat(
                        found.container().id())
                .isEqualTo("neighbour"));
    }

    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void neighbourWithTheAddressOfAnOpenSocketIsRefused(CgroupVersion version) throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.agentAnswers();
        scene.closeAgentsEndUnnoticed();
        scene.neighbourGivesItselfTheAddress();

        assertThat(scene.neighbourAsks()).isInstanceOf(Ambiguous.class);
    }

    /** A victim with an open connection, and a neighbour. */
    private final class Scene {
        private final ContainerLab lab;
        private final LabBridge bridge;
        private final LabProcess victim;
        private final LabProcess neighbour;
        private final KernelAttestor attestor;
        private final InetSocketAddress victimsEnd;
        private Socket agentsEnd;

        Scene(CgroupVersion version, boolean netlink) throws IOException {
            KernelAssumptions.canMakeNamespaces();
            lab = ContainerLab.open(version);
            open.add(lab);
            bridge = lab.bridge();
            victim = lab.container("victim", bridge.victim());
            neighbour = lab.container("neighbour", bridge.neighbour());
            attestor = new KernelAttestor(lab.config(), (started, ended) -> {}, netlink);
            open.add(attestor);
            attestor.start();
            agentsEnd = connect(victim);
            victimsEnd = (InetSocketAddress) agentsEnd.getRemoteSocketAddress();
        }

        private Socket connect(LabProcess process) {
            process.run("exec 3<>/dev/tcp/" + bridge.hostAddress() + "/" + lab.port());
            return lab.accepted();
        }

        private void sendRequest(LabProcess process) throws IOException {
            process.run("echo " + REQUEST.strip() + " >&3");
            assertThat(agentsEnd.getInputStream().readNBytes(REQUEST.length())).isEqualTo(REQUEST.getBytes(US_ASCII));
        }

        private Attestation attested() {
            return attestor.attest(ContainerLab.ends(agentsEnd), Deadlines.ample());
        }

        void victimAsks() throws IOException {
            sendRequest(victim);
            assertThat(attested()).isInstanceOfSatisfying(Attested.class, found -> assertThat(
                            found.container().id())
                    .isEqualTo("victim"));
        }

        void sendAnswer() throws IOException {
            agentsEnd.getOutputStream().write(ANSWER.getBytes(US_ASCII));
        }

        void agentAnswers() throws IOException {
            sendAnswer();
            assertThat(victim.run("read -r line <&3; echo $line")).isEqualTo(ANSWER.strip());
        }

        void agentClosesAndVictimStays() throws IOException {
            agentsEnd.shutdownOutput();
            victim.run("! read -r line <&3");
            closeAgentsEndUnnoticed();
        }

        /** Closes the agent's end; the packets that the kernel sends then do not arrive. */
        void closeAgentsEndUnnoticed() throws IOException {
            victim.run("nft 'table ip deaf { chain in { type filter hook input priority filter;"
                    + " tcp flags & (fin | rst) != 0 drop; }; }'");
            agentsEnd.setSoLinger(true, 0);
            agentsEnd.close();
        }

        void victimStaysSilentForLongerThanATransit() {
            var proc = new ProcFs(CgroupConfig.DEFAULT_PROC);
            long inode = proc.networkNamespace(victim.pid()).orElseThrow();
            var agentsAddress = new InetSocketAddress(bridge.hostAddress(), lab.port());
            try (SocketLookup sockets =
                    new SocketLookups(proc, CgroupVersion.V2, Optional.empty(), true).of(victim.pid(), inode)) {
                long silent = 0;
                while (silent <= TcpCounters.LONGEST_TRANSIT.toMillis()) {
                    silent = ((CountersAnswer.Counted) sockets.counters(victimsEnd, agentsAddress, Deadlines.ample()))
                            .counters()
                            .millisSinceSent();
                }
            }
        }

        void neighbourTranslatesItsSource() {
            bridge.hostTakesNeighbourForVictim();
            neighbour.run("nft 'table ip steal { chain out { type nat hook postrouting priority srcnat;"
                    + " tcp dport " + lab.port() + " snat to "
                    + bridge.victim().address() + ":" + victimsEnd.getPort() + "; }; }'");
        }

        void neighbourGivesItselfTheAddress() {
            bridge.hostTakesNeighbourForVictim();
            bridge.neighbour().add(bridge.victim().address() + "/32");
            neighbour.run("ip route replace " + bridge.hostAddress() + "/32 dev eth0 src "
                    + bridge.victim().address());
            neighbour.run("echo " + victimsEnd.getPort() + " " + victimsEnd.getPort()
                    + " > /proc/sys/net/ipv4/ip_local_port_range");
        }

        Attestation neighbourAsks() throws IOException {
            agentsEnd = connect(neighbour);
            assertThat(agentsEnd.getRemoteSocketAddress()).isEqualTo(victimsEnd);
            return neighbourAsksAgain();
        }

        Attestation neighbourAsksAgain() throws IOException {
            sendRequest(neighbour);
            return attested();
        }
    }
}
