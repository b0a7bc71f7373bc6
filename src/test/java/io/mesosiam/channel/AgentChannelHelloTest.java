package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.channel.HeardEvents.Claimed;
import io.mesosiam.channel.HeardEvents.Connected;
import io.mesosiam.channel.HeardEvents.Disconnected;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.mesos.ContainerId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Admission of agents, over real TLS. */
class AgentChannelHelloTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void helloIsAnsweredWithTheCompleteState() throws Exception {
        UUID lease = UUID.randomUUID();
        Held held = new Held(lease.toString(), "ab".repeat(32), Deliveries.EXPIRATION);
        StreamClient agent = fixture.connect();

        agent.send(hello(Protocol.VERSION, S1, List.of(held), List.of(new RunningContainer("outer/inner", 77))));

        assertThat(agent.receive()).isEqualTo(new Sync(1, List.of()));
        assertThat(fixture.events.next())
                .isEqualTo(new Connected(
                        S1,
                        1,
                        List.of(new HeldLease(
                                new io.mesosiam.lease.LeaseId(lease), "ab".repeat(32), Deliveries.EXPIRATION)),
                        Map.of(ContainerId.of("outer").child("inner"), 77L)));
        assertThat(fixture.database().query("select hostname || ' ' || state || ' ' || controller_id from agent"))
                .containsExactly("host-1.example.com connected controller-1");
    }

    @Test
    void invalidEntriesOfAHelloAreSkipped() throws Exception {
        StreamClient agent = fixture.connect();

        agent.send(hello(
                Protocol.VERSION,
                S1,
                List.of(new Held("no uuid", "ab", Deliveries.EXPIRATION)),
                List.of(new RunningContainer("../..", 1), new RunningContainer("good", 2))));

        agent.receive(Sync.class);
        assertThat(fixture.events.next())
                .isEqualTo(new Connected(S1, 1, List.of(), Map.of(ContainerId.of("good"), 2L)));
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

    @ParameterizedTest
    @ValueSource(
            strings = {"", "garbage", "{}", "[1]", "{\"type\":\"hello\"}", "{\"type\":\"hello\",\"protocol\":\"x\"}"})
    void garbageEndsOnlyItsStream(String frame) throws Exception {
        StreamClient good = fixture.open();
        StreamClient bad = fixture.connectHost2();

        bad.send(frame);

        assertThat(bad.receiveEnd().code()).isEqualTo("malformed");
        assertStillServed(good);
    }

    @Test
    void binaryFrameEndsOnlyItsStream() throws Exception {
        StreamClient good = fixture.open();
        StreamClient bad = fixture.connectHost2();

        bad.sendBinary(new byte[] {1, 2, 3});

        assertThat(bad.receiveEnd().code()).isEqualTo("not-text");
        assertStillServed(good);
    }

    @Test
    void tooLongMessageEndsOnlyItsStream() throws Exception {
        StreamClient good = fixture.open();
        StreamClient bad = fixture.connectHost2();

        try {
            bad.send(" ".repeat(Protocol.MAX_FRAME + 1));
        } catch (RuntimeException e) {
            // the controller may close the connection while the client still writes
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }

        bad.closed();
        assertStillServed(good);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"greeting\"}", "{\"type\":\"ask\",\"containerId\":\"a\",\"name\":\"b\"}"})
    void messageBeforeHelloEndsTheStream(String frame) throws Exception {
        StreamClient agent = fixture.connect();

        agent.send(frame);

        assertThat(agent.receiveEnd().code()).isEqualTo("hello-expected");
    }

    @Test
    void secondHelloEndsTheStream() throws Exception {
        StreamClient agent = fixture.open();

        agent.send(hello(S1));

        assertThat(agent.receiveEnd().code()).isEqualTo("hello-twice");
    }

    @Test
    void streamWithoutHelloEndsAfterTheTimeout() throws Exception {
        try (ChannelFixture hasty = new ChannelFixture(Duration.ofMillis(500), 100)) {
            assertThat(hasty.connect().receiveEnd().code()).isEqualTo("hello-timeout");
        }
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
        assertStillServed(good);
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
    void agentsThatReplaceEachOthersStreamWaitLongerEachTime() throws Exception {
        List<Fault> faults = new ArrayList<>();
        StreamClient last = fixture.open();
        for (int i = 0; i < 4; i++) {
            StreamClient next = fixture.open();
            faults.add(last.receiveEnd());
            last = next;
        }

        assertThat(faults).allSatisfy(fault -> assertThat(fault.code()).isEqualTo("superseded"));
        assertThat(faults)
                .extracting(Fault::persistence)
                .containsExactly(
                        new Fault.Passing(Fault.DEFAULT_RETRY),
                        new Fault.Passing(Duration.ofSeconds(2)),
                        new Fault.Passing(Duration.ofSeconds(4)),
                        new Fault.Passing(Duration.ofSeconds(8)));
        assertStillServed(last);
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
    void streamEndsWhenTheMasterShowsItsMesosAgentOnAnotherHost() throws Exception {
        StreamClient agent = fixture.open();
        fixture.cluster(Clusters.of(Clusters.agent(S1, "host-9.example.com", "192.0.2.9")));

        fixture.recheck();

        assertThat(agent.receiveEnd().code()).isEqualTo("host-mismatch");
    }

    @Test
    void streamContinuesWhenTheMasterShowsNoMesosAgents() throws Exception {
        StreamClient agent = fixture.open();
        fixture.cluster(Clusters.of());

        fixture.recheck();

        assertStillServed(agent);
    }

    @Test
    void streamEndsWhenItsCertificateExpires() throws Exception {
        StreamClient agent = fixture.open();
        fixture.clock(Instant.now().plus(Duration.ofDays(2)));

        fixture.recheck();

        Fault fault = agent.receiveEnd();
        assertThat(fault.code()).isEqualTo("certificate-expired");
        assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
    }

    @Test
    void newestStreamOfAHostReplacesTheOlderOne() throws Exception {
        StreamClient old = fixture.open();
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);

        StreamClient late = fixture.open();

        assertThat(old.receiveEnd().code()).isEqualTo("superseded");
        assertThat(fixture.events.next()).isEqualTo(new Connected(S1, 2, List.of(), Map.of()));
        late.close();
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 2));
    }

    @Test
    void endOfAStreamIsRecorded() throws Exception {
        fixture.open().close();

        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 1));
        StreamClient again = fixture.open();
        assertStillServed(again);
    }

    @Test
    void drainingHostStaysDraining() throws Exception {
        fixture.open();
        fixture.database().execute("update agent set state = 'draining'");

        fixture.open();

        assertThat(fixture.database().query("select state || ' ' || epoch from agent"))
                .containsExactly("draining 2");
    }

    @Test
    void claimsAreProvisionalWhileTheDatabaseIsUnavailable() throws Exception {
        fixture.open();
        fixture.database().execute("alter table agent rename to agent_away");
        StreamClient agent;
        try {
            agent = fixture.connect();
            agent.send(hello(S1));
            assertThat(agent.receive(Sync.class).epoch()).isEqualTo(1);
            fixture.recheck();
            assertStillServed(agent);
        } finally {
            fixture.database().execute("alter table agent_away rename to agent");
        }

        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        assertThat(fixture.events.next()).isInstanceOf(Connected.class);
        fixture.recheck();

        assertThat(fixture.events.next()).isEqualTo(new Claimed(S1, 1, 2));
        assertStillServed(agent);
        agent.close();
        assertThat(fixture.events.next()).isEqualTo(new Disconnected(S1, 2));
    }

    @Test
    void lateClaimIsConfirmedWithinTheStream() throws Exception {
        try (ChannelFixture hasty = new ChannelFixture(TimeLimit.seconds(1), 100, TimeLimit.seconds(2))) {
            hasty.open().close();
            assertThat(hasty.events.next()).isInstanceOf(Connected.class);
            assertThat(hasty.events.next()).isInstanceOf(Disconnected.class);
            StreamClient agent;
            try (RowLock _ = RowLock.ofAgents(hasty.database())) {
                agent = hasty.connect();
                agent.send(hello(S1));
                // longer than the hello timeout: the hello has arrived, only the claim is slow
                assertThat(agent.receive(Sync.class).epoch()).isEqualTo(1);
            }

            assertThat(hasty.events.next()).isEqualTo(new Connected(S1, 1, List.of(), Map.of()));
            assertThat(hasty.events.next()).isEqualTo(new Claimed(S1, 1, 2));
            assertThat(agent.isOpen()).isTrue();
        }
    }

    @Test
    void lateClaimAfterAnotherControllersClaimEndsTheStreamWithAPassingFault() throws Exception {
        try (ChannelFixture hasty =
                new ChannelFixture(TimeLimit.seconds(10), 100, TimeLimit.of(Duration.ofMillis(200)))) {
            hasty.open();
            StreamClient agent;
            try (RowLock lock = RowLock.ofAgents(hasty.database())) {
                agent = hasty.connect();
                agent.send(hello(S1));
                agent.receive(Sync.class);
                lock.execute("update agent set epoch = epoch + 1, controller_id = 'controller-2'");
            }

            Fault fault = agent.receiveEnd();
            assertThat(fault.code()).isEqualTo("claim-again");
            assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
        }
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
        fixture.cluster(Clusters.of(Clusters.agent(S2, "h".repeat(300), "10.0.0.2")));
        StreamClient agent = fixture.connectHost2();

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

    @Test
    void connectionWithoutACertificateFails() {
        assertNoConnection(StreamClient.http(fixture.ca(), Optional.empty()));
    }

    @Test
    void connectionWithACertificateOfAnotherCaFails() {
        assertNoConnection(StreamClient.http(fixture.ca(), Optional.of(fixture.stranger())));
    }

    @Test
    void olderTlsVersionsAreRefused() throws Exception {
        var tls = StreamClient.tls(fixture.ca(), Optional.of(fixture.host1()));
        try (var socket = (SSLSocket) tls.getSocketFactory().createSocket("localhost", fixture.channel.port())) {
            socket.setSSLParameters(new SSLParameters(null, new String[] {"TLSv1.2"}));

            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/agent", "/agent/v1", "/agent/v1/", "/api/v1/policies", "/health", "/metrics", "/docs"})
    void otherPathsAreNotFound(String path) throws Exception {
        try (HttpClient client = StreamClient.http(fixture.ca(), Optional.of(fixture.host1()))) {
            HttpRequest request = HttpRequest.newBuilder(uri(path)).build();

            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    private void assertNoConnection(HttpClient client) {
        try (client) {
            HttpRequest request = HttpRequest.newBuilder(uri(Protocol.PATH)).build();

            assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.discarding()))
                    .isInstanceOf(IOException.class);
        }
    }

    private URI uri(String path) {
        return URI.create("https://localhost:" + fixture.channel.port() + path);
    }

    private void assertStillServed(StreamClient agent) throws InterruptedException {
        agent.send(new Ack("lease", 1));
        assertThat(fixture.channel.deliver(S1, Deliveries.refuse("still here"))).isTrue();
        assertThat(agent.receive().toString()).contains("still here");
    }
}
