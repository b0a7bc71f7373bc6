package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log has few lines, however many messages a peer sends that cause one. */
class PeerLinesTest {
    private static final int MANY = 2_000;
    private static final int CONNECTIONS = 30;

    private final ChannelFixture fixture = new ChannelFixture();
    private final ChannelLog log = new ChannelLog();

    @AfterEach
    void close() {
        log.close();
        fixture.close();
    }

    private void sendMany(IntFunction<String> frame) throws Exception {
        StreamClient agent = fixture.open();
        for (int i = 0; i < MANY; i++) {
            agent.send(frame.apply(i));
        }
        agent.send(new Ask("last", "default"));
        HeardEvents.Event event = fixture.events.next();
        while (!(event instanceof HeardEvents.Asked)) {
            event = fixture.events.next();
        }
    }

    private static String text(AgentMessage message) {
        return new String(AgentMessageCodec.encode(message), StandardCharsets.UTF_8);
    }

    private void assertLines(String event) {
        assertThat(log.lines().stream().filter(line -> line.contains(event))).hasSizeBetween(1, 4);
        assertThat(log.lines()).hasSizeLessThan(20);
    }

    @Test
    void nacksWithDifferentReasonsLogFewLines() throws Exception {
        sendMany(i -> text(new Nack(UUID.randomUUID().toString(), i, "code-" + i, "reason " + i)));

        assertLines("agent could not apply a message");
    }

    @Test
    void messagesOfDifferentUnknownTypesLogFewLines() throws Exception {
        sendMany(i -> "{\"type\":\"dance-" + i + "\"}");

        assertLines("unknown type");
    }

    @Test
    void messagesWithInvalidValuesLogFewLines() throws Exception {
        sendMany(i -> text(new Nack("no-lease-" + i, i, "code", "reason")));

        assertLines("agent message ignored");
    }

    @Test
    void reportsWithInvalidEntriesLogFewLines() throws Exception {
        sendMany(i -> text(new Containers(List.of(new RunningContainer("../" + i, i)), List.of())));

        assertLines("entries of an agent report ignored");
    }

    @Test
    void agentsOfDifferentWrongVersionsLogFewLines() throws Exception {
        for (int i = 0; i < CONNECTIONS; i++) {
            StreamClient agent = fixture.connect();
            agent.send("{\"type\":\"hello\",\"protocol\":" + (1000 + i) + "}");
            agent.receiveEnd();
            agent.close();
        }

        assertLines("code=protocol-version");
    }

    @Test
    void claimsOfDifferentOtherHostsLogFewLines() throws Exception {
        MesosAgent[] others = new MesosAgent[CONNECTIONS];
        for (int i = 0; i < others.length; i++) {
            others[i] = Clusters.agent(new MesosAgentId("other-" + i), "other-" + i + ".example.com", "192.0.3." + i);
        }
        fixture.cluster(Clusters.of(others));
        for (int i = 0; i < others.length; i++) {
            StreamClient agent = fixture.connect();
            agent.send(hello(new MesosAgentId("other-" + i)));
            agent.receiveEnd();
            agent.close();
        }

        assertLines("agent claims another host");
        assertLines("code=host-mismatch");
    }

    @Test
    void hellosWithInventedHostsLogFewLinesWhileTheDatabaseIsUnavailable() throws Exception {
        whileClaimsFail(() -> {
            for (int i = 0; i < CONNECTIONS; i++) {
                StreamClient agent = fixture.connect();
                agent.send(hello(new MesosAgentId("invented-" + i)));
                agent.receiveEnd();
                agent.close();
            }
        });

        assertLines("claim not recorded");
    }

    @Test
    void manyMesosAgentsOfOneHostLogFewLinesWhileTheDatabaseIsUnavailable() throws Exception {
        MesosAgent[] agents = new MesosAgent[CONNECTIONS];
        for (int i = 0; i < agents.length; i++) {
            agents[i] = Clusters.agent(new MesosAgentId("same-" + i), "host-1.example.com", "192.0.3.1");
        }
        fixture.cluster(Clusters.of(agents));
        whileClaimsFail(() -> {
            for (int i = 0; i < agents.length; i++) {
                StreamClient agent = fixture.connect();
                agent.send(hello(new MesosAgentId("same-" + i)));
                agent.receive(Sync.class);
                agent.close();
            }
        });

        assertLines("claim not recorded");
    }

    private interface Hellos {
        void send() throws Exception;
    }

    private void whileClaimsFail(Hellos hellos) throws Exception {
        fixture.database().execute("alter table agent rename to agent_elsewhere");
        try {
            hellos.send();
        } finally {
            fixture.database().execute("alter table agent_elsewhere rename to agent");
        }
    }

    @Test
    void streamsThatOpenAndEndRepeatedlyLogFewLines() throws Exception {
        for (int i = 0; i < CONNECTIONS; i++) {
            StreamClient agent = fixture.connect();
            agent.send(hello(S1));
            agent.receive(Sync.class);
            agent.send("not JSON " + i);
            agent.receiveEnd();
            agent.close();
        }

        assertLines("agent connected");
        assertLines("code=malformed");
    }
}
