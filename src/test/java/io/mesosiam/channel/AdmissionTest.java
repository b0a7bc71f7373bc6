package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.HeardEvents.Connected;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.mesos.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which agents are admitted, and with what answer. */
class AdmissionTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void helloIsAnsweredWithTheCompleteState() throws Exception {
        UUID lease = UUID.randomUUID();
        Instant expiration = Instant.now().truncatedTo(ChronoUnit.MICROS).plus(Duration.ofHours(12));
        Held held = new Held(lease.toString(), "ab".repeat(32), expiration);
        StreamClient agent = fixture.connect();

        agent.send(hello(Protocol.VERSION, S1, List.of(held), List.of(new RunningContainer("outer/inner", 77))));

        assertThat(agent.receive()).isEqualTo(new Sync(1, List.of()));
        assertThat(fixture.events.next())
                .isEqualTo(new Connected(
                        S1,
                        1,
                        List.of(new HeldLease(new io.mesosiam.lease.LeaseId(lease), "ab".repeat(32), expiration)),
                        Map.of(ContainerId.of("outer").child("inner"), since(77))));
        assertThat(fixture.database().query("select hostname || ' ' || state || ' ' || controller_id from agent"))
                .containsExactly("host-1.example.com connected controller-1");
    }

    @Test
    void invalidEntriesOfAHelloAreSkipped() throws Exception {
        StreamClient agent = fixture.connect();

        agent.send(hello(
                Protocol.VERSION,
                S1,
                List.of(
                        new Held("no uuid", "ab", Instant.now()),
                        // PostgreSQL stores no time that late
                        new Held(UUID.randomUUID().toString(), "ab", Instant.parse("+294277-01-05T00:00:00Z")),
                        new Held(
                                UUID.randomUUID().toString(),
                                "ab",
                                Instant.now().plus(Duration.ofHours(14)))),
                List.of(new RunningContainer("../..", 1), new RunningContainer("good", 2))));

        agent.receive(Sync.class);
        assertThat(fixture.events.next())
                .isEqualTo(new Connected(S1, 1, List.of(), Map.of(ContainerId.of("good"), since(2))));
    }

    @Test
    void otherProtocolVersionIsRefusedWithBothVersions() throws Exception {
        StreamClient agent = fixture.connect();

        agent.send(hello(7, S1, List.of(), List.of()));

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("protocol-version");
        assertThat(fault.message()).contains("version 7", "controller " + Protocol.VERSION);
        assertThat(fixture.events.isEmpty()).isTrue();
    }

    @Test
    void agentThatClaimsAnotherHostIsRefused() throws Exception {
        StreamClient good = fixture.open();
        StreamClient liar = fixture.connectHost2();

        liar.send(hello(S1));

        Fault fault = liar.receiveEnd();
        assertThat(fault.code()).isEqualTo("host-mismatch");
        assertThat(fault.message()).contains("10.0.0.2").doesNotContain("host-1.example.com", "192.0.2.1");
        assertThat(fault.persistence()).isEqualTo(new Fault.Lasting());
        fixture.assertStillServed(good);
    }

    @Test
    void spiffeIdNamesTheHostWhateverOtherNamesTheCertificateHas() throws Exception {
        TestCa.Identity host =
                fixture.issue("uri:spiffe://example.org/mesos/host-1.example.com", "dns:other.example.com");
        StreamClient agent = fixture.connect(host);
        agent.send(hello(S1));
        agent.receive(Sync.class);

        TestCa.Identity task = fixture.issue("uri:spiffe://example.org/ns/batch/sa/task", "dns:host-1.example.com");
        StreamClient hostile = fixture.connect(task);
        hostile.send(hello(S1));

        assertThat(hostile.receiveEnd().code()).isEqualTo("host-mismatch");
        fixture.assertStillServed(agent);
    }

    @Test
    void addressOfTheMesosAgentIsAccepted() throws Exception {
        StreamClient agent = fixture.connectHost2();

        agent.send(hello(S2));

        agent.receive(Sync.class);
    }

    @Test
    void unregisteredMesosAgentIsRefusedWithAPassingFault() throws Exception {
        fixture.cluster(Clusters.of());
        StreamClient early = fixture.connect();
        early.send(hello(S1));
        Fault fault = early.receiveEnd();
        assertThat(fault.code()).isEqualTo("not-registered");
        assertThat(fault.persistence()).isEqualTo(new Fault.Passing(Fault.DEFAULT_RETRY));

        fixture.cluster(Clusters.of(Clusters.agent(S1, "host-1.example.com", "192.0.2.1")));

        fixture.open();
    }

    @Test
    void controllerIsNotReadyBeforeAMasterHasAnswered() throws Exception {
        fixture.cluster(Clusters.beforeAnyMaster());
        StreamClient early = fixture.connect();

        early.send(hello(S1));

        Fault fault = early.receiveEnd();
        assertThat(fault.code()).isEqualTo("not-ready");
        assertThat(fault.persistence()).isEqualTo(new Fault.Passing(Fault.DEFAULT_RETRY));
    }

    @Test
    void knownHostIsAdmittedWhileTheMasterIsEmpty() throws Exception {
        fixture.open();
        fixture.cluster(Clusters.of());
        StreamClient again = fixture.connect();

        again.send(hello(S1));

        assertThat(again.receive(Sync.class).epoch()).isEqualTo(2);
    }

    @Test
    void otherHostIsNotAdmittedUnderAKnownIdWhileTheMasterIsEmpty() throws Exception {
        fixture.open();
        fixture.cluster(Clusters.of());
        StreamClient liar = fixture.connectHost2();

        liar.send(hello(S1));

        assertThat(liar.receiveEnd().code()).isEqualTo("not-registered");
    }

    @Test
    void hostIsKnownAgainHoweverTheMasterWritesItsName() throws Exception {
        fixture.cluster(Clusters.of(Clusters.agent(S1, "HOST-1.Example.COM.", "192.0.2.1")));
        fixture.open();
        fixture.cluster(Clusters.of());
        StreamClient again = fixture.connect();

        again.send(hello(S1));

        assertThat(again.receive(Sync.class).epoch()).isEqualTo(2);
    }

    @Test
    void hostWhoseCertificateNamesItsAddressIsKnownAgain() throws Exception {
        fixture.cluster(Clusters.of(Clusters.agent(S2, "other-name.example.com", "10.0.0.2")));
        StreamClient agent = fixture.connectHost2();
        agent.send(hello(S2));
        var _ = agent.receive(Sync.class);
        fixture.cluster(Clusters.of());
        StreamClient again = fixture.connectHost2();

        again.send(hello(S2));

        assertThat(again.receive(Sync.class).epoch()).isEqualTo(2);
    }

    @Test
    void hostWithoutANameIsRecordedByAddress() throws Exception {
        fixture.cluster(Clusters.of(Clusters.agent(S2, "", "10.0.0.2")));
        StreamClient agent = fixture.connectHost2();

        agent.send(hello(S2));

        assertThat(agent.receive(Sync.class).epoch()).isEqualTo(1);
        assertThat(fixture.database().query("select hostname from agent")).containsExactly("10.0.0.2");
    }

    @Test
    void hostThatViolatesAConstraintIsRefused() throws Exception {
        String name = "h".repeat(300);
        fixture.cluster(Clusters.of(Clusters.agent(S2, name, "10.0.0.2")));
        StreamClient agent = fixture.connect(fixture.issue("dns:" + name));

        agent.send(hello(S2));

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("not-recordable");
        assertThat(fault.persistence()).isEqualTo(new Fault.Lasting());
        assertThat(fault.message()).doesNotContain("agent_hostname_length");
        assertThat(fixture.events.isEmpty()).isTrue();
    }

    @Test
    void streamEndsWhileTheStateOfTheHostIsUnknown() throws Exception {
        fixture.events.state(() -> {
            throw new IllegalStateException("rows can't be read");
        });
        StreamClient agent = fixture.connect();

        agent.send(hello(S1));

        assertThat(agent.receiveEnd().code()).isEqualTo("not-ready");
    }
}
