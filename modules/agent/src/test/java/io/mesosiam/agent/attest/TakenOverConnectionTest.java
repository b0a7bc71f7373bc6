package io.mesosiam.agent.attest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation.Ambiguous;
import io.mesosiam.agent.attest.Attestation.Attested;
import io.mesosiam.agent.attest.Attestation.NoContainer;
import io.mesosiam.agent.attest.Attestation.Unknown;
import io.mesosiam.agent.redirect.KernelAssumptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A task leaves a socket open whose connection the agent has ended. A neighbour on the same bridge, root in its own network namespace, opens
 * a connection with the same two ends and asks. All in real namespaces, with real groups.
 */
class TakenOverConnectionTest {
    private static final String ASK = "ask\n";
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
    void aSocketThatTheAgentClosedIsNotTheCallerBehindATranslatedSource(CgroupVersion version, boolean netlink)
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
    void aSocketThatDidNotHearTheAgentsEndIsNotTheCallerBehindATranslatedSource(CgroupVersion version)
            throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.agentAnswers();
        scene.agentsEndIsGoneUnheard();
        scene.neighbourTranslatesItsSource();

        assertThat(scene.neighbourAsks()).isInstanceOfAny(NoContainer.class, Unknown.class);
        scene.sendAnswer();
        assertThat(scene.neighbourAsksAgain()).isInstanceOfAny(NoContainer.class, Unknown.class);
    }

    /** Both sockets have sent as many bytes and received none: only the time at which they sent tells them apart. */
    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void aSocketWhoseRequestWasNotAnsweredIsNotTheCallerOfALaterRequestOfTheSameLength(CgroupVersion version)
            throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.agentsEndIsGoneUnheard();
        scene.victimStaysSilentForLongerThanATransit();
        scene.neighbourTranslatesItsSource();

        assertThat(scene.neighbourAsks()).isInstanceOfAny(NoContainer.class, Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({"V1", "V2"})
    void aNeighbourThatGivesItselfTheVictimsAddressIsItselfWhereTheAgentClosed(CgroupVersion version)
            throws IOException {
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
    void aNeighbourThatGivesItselfTheAddressOfAnOpenSocketIsRefused(CgroupVersion version) throws IOException {
        Scene scene = new Scene(version, true);
        scene.victimAsks();
        scene.agentAnswers();
        scene.agentsEndIsGoneUnheard();
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

        private void ask(LabProcess process) throws IOException {
            process.run("echo " + ASK.strip() + " >&3");
            assertThat(agentsEnd.getInputStream().readNBytes(ASK.length())).isEqualTo(ASK.getBytes(US_ASCII));
        }

        private Attestation attested() {
            return attestor.attest(ContainerLab.ends(agentsEnd));
        }

        void victimAsks() throws IOException {
            ask(victim);
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
            agentsEndIsGoneUnheard();
        }

        /** What the agent's kernel sends when it forgets its end does not arrive. */
        void agentsEndIsGoneUnheard() throws IOException {
            victim.run("nft 'table ip deaf { chain in { type filter hook input priority filter;"
                    + " tcp flags & (fin | rst) != 0 drop; }; }'");
            agentsEnd.setSoLinger(true, 0);
            agentsEnd.close();
        }

        void victimStaysSilentForLongerThanATransit() {
            var proc = new ProcFs(AttestConfig.DEFAULT_PROC);
            long inode = proc.networkNamespace(victim.pid()).orElseThrow();
            var agentsAddress = new InetSocketAddress(bridge.hostAddress(), lab.port());
            try (SocketLookup sockets = new SocketLookups(proc, true).of(victim.pid(), inode)) {
                long silent = 0;
                while (silent <= TcpCounters.LONGEST_TRANSIT.toMillis()) {
                    silent = ((CountersAnswer.Counted) sockets.counters(victimsEnd, agentsAddress))
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
            ask(neighbour);
            return attested();
        }
    }
}
