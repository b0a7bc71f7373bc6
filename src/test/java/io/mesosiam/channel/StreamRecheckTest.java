package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks of open streams that are repeated while they last. */
class StreamRecheckTest {
    private final ChannelFixture fixture = new ChannelFixture();

    @AfterEach
    void stop() {
        fixture.close();
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

        fixture.assertStillServed(agent);
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
}
