package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static io.mesosiam.channel.Deliveries.CONTAINER;
import static io.mesosiam.channel.Deliveries.EXPIRATION;
import static io.mesosiam.channel.Deliveries.lease;
import static io.mesosiam.channel.Deliveries.refuse;
import static io.mesosiam.channel.Deliveries.serve;
import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.HeardEvents.Asked;
import io.mesosiam.channel.HeardEvents.Changed;
import io.mesosiam.channel.HeardEvents.Connected;
import io.mesosiam.channel.HeardEvents.Disconnected;
import io.mesosiam.channel.HeardEvents.NotServed;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.ClearRefusal;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import io.mesosiam.channel.wire.ControllerMessage.WireSession;
import io.mesosiam.channel.wire.Executor;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Delivery;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages on an open stream, in both directions. */
class AgentChannelDeliveryTest {
    private static final String HASH = "ab".repeat(32);
    private static final String ROLE = "arn:aws:iam::123456789012:role/reporting";

    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void completeStateIsOneMessage() throws Exception {
        fixture.events.state(() -> List.of(
                serve(lease(1)),
                new Delivery.Keep(lease(2)),
                refuse("no policy"),
                new Delivery.Withdraw(lease(3).id(), "not in the state anyway"),
                new Delivery.ClearRefusal(CONTAINER, CredentialName.DEFAULT)));
        StreamClient agent = fixture.connect();

        agent.send(hello(S1));

        assertThat(agent.receive()).isEqualTo(new Sync(1, List.of(served(1), kept(2), refusal("no policy"))));
    }

    @Test
    void everyDeliveryHasAMessage() throws Exception {
        StreamClient agent = fixture.open();

        fixture.channel.deliver(S1, serve(lease(1)));
        fixture.channel.deliver(S1, new Delivery.Keep(lease(2)));
        fixture.channel.deliver(S1, refuse("no policy"));
        fixture.channel.deliver(S1, new Delivery.Keep(lease(4), Optional.of(lease(1).id()), Optional.of("executor-4")));
        fixture.channel.deliver(S1, new Delivery.Withdraw(lease(1).id(), "task ended"));
        fixture.channel.deliver(S1, new Delivery.ClearRefusal(CONTAINER, CredentialName.DEFAULT));
        fixture.channel.deliver(S1, new Delivery.Policies(17));

        assertThat(received(agent, 7))
                .containsExactly(
                        new Upsert(served(1)),
                        new Upsert(kept(2)),
                        new Upsert(refusal("no policy")),
                        new Upsert(new Entry.Kept(
                                lease(4).id().toString(),
                                4,
                                Optional.of("outer/inner"),
                                "default",
                                ROLE,
                                HASH,
                                Optional.of(lease(1).id().toString()),
                                Optional.of(new Executor("F", "executor-4")))),
                        new Remove(lease(1).id().toString(), "task ended"),
                        new ClearRefusal("outer/inner", "default"),
                        new ControllerMessage.Policies(17));
    }

    /** Mesos's framework chooses it, and the lease must arrive all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"", "line\nend"})
    void executorThatTheProtocolCantNameIsLeftOut(String executor) throws Exception {
        StreamClient agent = fixture.open();

        fixture.channel.deliver(S1, new Delivery.Keep(lease(2), Optional.empty(), Optional.of(executor)));

        assertThat(received(agent, 1)).containsExactly(new Upsert(kept(2)));
    }

    @Test
    void deliveriesKeepTheirOrder() throws Exception {
        StreamClient agent = fixture.open();

        IntStream.range(1, 80).forEach(i -> assertThat(fixture.channel.deliver(S1, serve(lease(i))))
                .isTrue());

        assertThat(received(agent, 79))
                .containsExactlyElementsOf(IntStream.range(1, 80)
                        .<ControllerMessage>mapToObj(i -> new Upsert(served(i)))
                        .toList());
    }

    @Test
    void deliveriesAfterTheStateIsHandedOverFollowIt() throws Exception {
        fixture.events.state(() -> List.of(serve(lease(1))));
        fixture.events.afterState(() -> {
            assertThat(fixture.channel.deliver(S1, serve(lease(2)))).isTrue();
            assertThat(fixture.channel.deliver(S1, serve(lease(3)))).isTrue();
        });
        StreamClient agent = fixture.connect();

        agent.send(hello(S1));

        assertThat(received(agent, 3))
                .containsExactly(new Sync(1, List.of(served(1))), new Upsert(served(2)), new Upsert(served(3)));
    }

    @Test
    void deliveriesBeforeTheStateIsHandedOverAreNotSentAfterIt() throws Exception {
        fixture.events.state(() -> {
            assertThat(fixture.channel.deliver(S1, serve(lease(2)))).isTrue();
            assertThat(fixture.channel.deliver(S1, refuse("no longer refused"))).isTrue();
            return List.of(serve(lease(1)));
        });
        fixture.events.afterState(() -> fixture.channel.deliver(S1, serve(lease(3))));
        StreamClient agent = fixture.connect();

        agent.send(hello(S1));

        assertThat(received(agent, 2)).containsExactly(new Sync(1, List.of(served(1))), new Upsert(served(3)));
    }

    @Test
    void agentKeepsItsLeasesAfterAReconnect() throws Exception {
        fixture.open().close();
        fixture.events.state(() -> List.of(new Delivery.Keep(lease(1))));
        StreamClient again = fixture.connect();

        again.send(hello(S1));

        assertThat(again.receive()).isEqualTo(new Sync(2, List.of(kept(1))));
    }

    @Test
    void deliveriesGoToTheNewestStream() throws Exception {
        StreamClient old = fixture.open();
        StreamClient late = fixture.open();
        old.closed();

        fixture.channel.deliver(S1, refuse("for the late one"));

        assertThat(late.receive()).isEqualTo(new Upsert(refusal("for the late one")));
    }

    @Test
    void deliveryToAnUnconnectedHostReturnsFalse() throws Exception {
        fixture.open();

        assertThat(fixture.channel.deliver(S2, refuse("not connected"))).isFalse();
    }

    @Test
    void hostsReceiveOnlyTheirOwnDeliveries() throws Exception {
        StreamClient one = fixture.open();
        StreamClient two = fixture.connectHost2();
        two.send(hello(S2));
        two.receive(Sync.class);

        fixture.channel.deliver(S1, refuse("for one"));
        fixture.channel.deliver(S2, refuse("for two"));

        assertThat(one.receive()).isEqualTo(new Upsert(refusal("for one")));
        assertThat(two.receive()).isEqualTo(new Upsert(refusal("for two")));
    }

    @Test
    void deliveryThatCannotBeEncodedIsSkipped() throws Exception {
        StreamClient agent = fixture.open();

        fixture.channel.deliver(S1, serve(lease(1), "a token with spaces"));
        fixture.channel.deliver(S1, serve(lease(2)));

        assertThat(agent.receive()).isEqualTo(new Upsert(served(2)));
    }

    @Test
    void reportsOfAgentsArriveInOrder() throws Exception {
        StreamClient agent = fixture.open();
        agent.send(new Containers(List.of(new RunningContainer("new", 5)), List.of(new RunningContainer("old", 1))));
        agent.send(new Ack(lease(1).id().toString(), 1));
        agent.send(new Nack(lease(1).id().toString(), 2, "senseless", "because"));
        agent.send("{\"type\":\"from-the-future\",\"x\":1}");
        agent.send(new AgentMessage.CertificateRequest("no request"));
        agent.send(new Ask("../..", "Not A Name"));
        agent.send(new Ask("new", "reports"));
        agent.send(new AgentMessage.Policies(17));

        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next())
                .isEqualTo(new Changed(S1, Map.of(ContainerId.of("new"), since(5)), Set.of(ContainerId.of("old"))));
        assertThat(fixture.events.next())
                .isEqualTo(new NotServed(S1, lease(1).id(), 2, "the host's agent doesn't serve it: because"));
        assertThat(fixture.events.next())
                .isEqualTo(new Asked(S1, ContainerId.of("new"), new CredentialName("reports")));
        assertThat(fixture.events.next()).isEqualTo(new HeardEvents.PoliciesApplied(S1, 17));
    }

    @Test
    void exposureOfAHostIsKnownWhileItsStreamIsOpen() throws Exception {
        StreamClient agent = fixture.open();
        assertThat(fixture.channel.connected(S1).orElseThrow().exposure()).isEmpty();

        agent.send(new AgentMessage.Exposure(
                "host", "123456789012", "", List.of(new AgentMessage.Reached("c", "fd00:ec2::254"))));
        agent.send(new AgentMessage.Policies(17));
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next()).isEqualTo(new HeardEvents.PoliciesApplied(S1, 17));

        assertThat(fixture.channel.connected(S1).orElseThrow().exposure()).hasValueSatisfying(found -> {
            assertThat(found.state(false)).isEqualTo(HostExposure.State.NOT_NAKED);
            assertThat(found.hostRole()).hasValue("host");
        });
    }

    @Test
    void hostIsInstructedToTryRolesAndItsAnswerArrives() throws Exception {
        TryRoles request = new TryRoles(3, "host", "123456789012", List.of("arn:aws:iam::123456789012:role/r"));
        RolesTried tried = new RolesTried(3, List.of(), 1, List.of());
        fixture.channel.tryRoles(S1, request);
        StreamClient agent = fixture.open();
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.channel.connected()).containsOnlyKeys(S1);

        fixture.channel.tryRoles(S1, request);
        assertThat(agent.receive(TryRoles.class)).isEqualTo(request);
        agent.send(tried);

        assertThat(fixture.events.next()).isEqualTo(new HeardEvents.TriedRoles(S1, tried));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            '',   '',               false, NAKED
            host, '',               false, UNKNOWN
            '',   1 was not tried,  false, UNKNOWN
            host, 1 was not tried,  true,  NOT_NAKED
            """)
    void hostIsNakedIfItHasNoRoleAndEverythingWasTried(
            String role, String unknown, boolean assumes, HostExposure.State state) {
        assertThat(new HostExposure(new AgentMessage.Exposure(role, "", unknown, List.of()), Instant.EPOCH)
                        .state(assumes))
                .isEqualTo(state);
    }

    @Test
    void agentThatDoesNotReadIsDisconnected() throws Exception {
        try (ChannelFixture narrow = new ChannelFixture(TimeLimit.seconds(10), 5)) {
            StreamClient deaf = narrow.connectDeaf();
            deaf.send(hello(S1));
            assertThat(narrow.events.next()).isInstanceOf(Connected.class);
            String token = "x".repeat(30_000);

            // socket buffers hold some megabytes before a message has to wait
            long delivered = IntStream.range(1, 2000)
                    .takeWhile(i -> narrow.channel.deliver(S1, serve(lease(i), token)))
                    .count();

            assertThat(delivered).isLessThan(1999);
            assertThat(narrow.events.next()).isEqualTo(new Disconnected(S1, 1));
        }
    }

    @Test
    void closingTheChannelEndsItsStreams() throws Exception {
        StreamClient agent = fixture.open();

        fixture.channel.close();

        assertThat(agent.receiveEnd().code()).isEqualTo("stopping");
        assertThat(fixture.channel.deliver(S1, refuse("not connected"))).isFalse();
    }

    @Test
    void channelThatStopsAdmittingRefusesNewAgentsAndKeepsItsStreams() throws Exception {
        StreamClient open = fixture.open();

        fixture.channel.admitNoMore();

        StreamClient late = fixture.connectHost2();
        late.send(hello(S2));
        Fault fault = late.receiveEnd();
        assertThat(fault.code()).isEqualTo("stopping");
        assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
        assertThat(fixture.channel.deliver(S1, refuse("no policy"))).isTrue();
        assertThat(open.receiveAfterMoves()).isInstanceOf(Upsert.class);
    }

    @Test
    void endsOfStreamsAreRecordedWhenTheChannelIsClosed() throws Exception {
        fixture.open();

        fixture.channel.close();

        assertThat(fixture.database().query("select state from agent")).containsExactly("disconnected");
    }

    private static List<ControllerMessage> received(StreamClient agent, int count) throws InterruptedException {
        List<ControllerMessage> messages = new ArrayList<>();
        while (messages.size() < count) {
            messages.add(agent.receive());
        }
        return messages;
    }

    private static Entry served(int number) {
        return new Entry.Served(
                lease(number).id().toString(),
                number,
                Optional.of("outer/inner"),
                "default",
                ROLE,
                HASH,
                new WireSession("ASIAFAKE", Secret.of("fake-secret"), Secret.of("fake-token"), EXPIRATION));
    }

    private static Entry kept(int number) {
        return new Entry.Kept(lease(number).id().toString(), number, Optional.of("outer/inner"), "default", ROLE, HASH);
    }

    private static Entry refusal(String message) {
        return new Entry.Refusal("outer/inner", "default", "NoPolicy", message);
    }
}
