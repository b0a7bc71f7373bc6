package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.S2;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
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
