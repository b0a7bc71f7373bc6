package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.MesosAgentId;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the channel knows of the agents, for operators: the open stream, and the last fault of each host. */
class AgentsForOperatorsTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void openStreamHasTheVersionAndTheExpiryOfTheCertificate() throws Exception {
        StreamClient unused = fixture.open();

        assertThat(fixture.channel.connected(S1)).hasValueSatisfying(agent -> {
            assertThat(agent.version()).isEqualTo("1.0");
            assertThat(agent.address()).contains("127.0.0.1");
            assertThat(agent.certificateExpiration()).isAfter(agent.since());
        });
        assertThat(fixture.channel.connected(S2)).isEmpty();
        assertThat(fixture.channel.faults().of(S1)).isEmpty();
    }

    @Test
    void hostThatWaitsUntilItIsServedIsAmongTheHosts() throws Exception {
        CompletableFuture<Void> waits = new CompletableFuture<>();
        CompletableFuture<Void> looked = new CompletableFuture<>();
        fixture.events.beforeState(_ -> {
            waits.complete(null);
            looked.join();
        });
        StreamClient agent = fixture.connect();
        agent.send(hello(S1));
        waits.join();

        assertThat(fixture.channel.hosts()).containsExactly(S1);
        assertThat(fixture.channel.connected()).isEmpty();

        looked.complete(null);
        var unused = agent.receive(Sync.class);
        assertThat(fixture.channel.hosts()).containsExactly(S1);
    }

    @Test
    void connectedAgentsAreCountedByVersion() throws Exception {
        StreamClient unused = fixture.open();
        StreamClient other = fixture.connectHost2();
        other.send(new Hello(Protocol.VERSION, "1.0 (of the 5th)", "some-host", S2.value(), List.of(), List.of()));
        var unusedSync = other.receive(Sync.class);

        assertThat(versions()).containsOnly(entry("1.0", 1.0), entry("other", 1.0));

        other.close();
        await().untilAsserted(() -> assertThat(versions()).containsEntry("other", 0.0));
    }

    @Test
    void versionsThatAgentsInventHaveOneLabel() {
        AgentVersions versions = new AgentVersions(
                new AgentStreams(Instant::now, new RepeatedLines(Duration.ofMinutes(1))), fixture.meters);
        for (int i = 0; i < 100; i++) {
            versions.seen("1." + i);
        }

        assertThat(versions()).hasSize(AgentVersions.MOST).containsKeys("other", "1.0");
    }

    private Map<String, Double> versions() {
        return fixture.meters.find("mesosiam.channel.agent.versions").gauges().stream()
                .collect(toMap(gauge -> gauge.getId().getTag("version"), Gauge::value));
    }

    @Test
    void endOfAStreamIsTheLastFaultOfItsHost() throws Exception {
        StreamClient agent = fixture.open();
        Instant later = Instant.now().plus(Duration.ofDays(2));
        fixture.clock(later);
        fixture.recheck();

        assertThat(agent.receiveEnd().code()).isEqualTo("certificate-expired");
        assertThat(fixture.channel.connected(S1)).isEmpty();
        assertThat(fixture.channel.faults().of(S1)).hasValueSatisfying(fault -> {
            assertThat(fault.code()).isEqualTo("certificate-expired");
            assertThat(fault.lasting()).isFalse();
            assertThat(fault.at()).isEqualTo(later);
        });
    }

    @Test
    void refusedHelloIsTheLastFaultOfTheHostThatItNamesIfTheMasterListsThat() throws Exception {
        StreamClient other = fixture.connectHost2();
        other.send(hello(S1));
        assertThat(other.receiveEnd().code()).isEqualTo("host-mismatch");
        StreamClient unlisted = fixture.connectHost2();
        unlisted.send(hello(new MesosAgentId("S9")));
        assertThat(unlisted.receiveEnd().code()).isEqualTo("not-registered");

        assertThat(fixture.channel.faults().of(S1))
                .hasValueSatisfying(fault -> assertThat(fault.lasting()).isTrue());
        assertThat(fixture.channel.faults().of(new MesosAgentId("S9"))).isEmpty();
    }
}
