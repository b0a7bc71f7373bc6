package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import org.junit.jupiter.api.Test;

/** Behaviour after an unexpected exception. */
class ChannelFailuresTest {
    private final FailingEvents events = new FailingEvents();

    @Test
    void streamContinuesAfterAnErrorInOneMessage() throws Exception {
        events.failingAsks.set(1);
        try (ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.open();
            events.recorded.next();

            agent.send(new Ask("first", "default"));
            agent.send(new Ask("second", "default"));

            assertThat(events.recorded.next())
                    .isEqualTo(new HeardEvents.Asked(S1, ContainerId.parse("second"), new CredentialName("default")));
            assertThat(failures(fixture)).isEqualTo(1);
        }
    }

    @Test
    void agentWhoseHelloFailsConnectsAgain() throws Exception {
        events.failingConnects.set(1);
        try (ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.connect();
            agent.send(hello(S1));

            Fault fault = agent.receiveEnd();
            assertThat(fault.code()).isEqualTo("not-ready");
            assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
            assertThat(failures(fixture)).isEqualTo(1);

            StreamClient again = fixture.connect();
            again.send(hello(S1));
            again.receive(Sync.class);
        }
    }

    @Test
    void unexpectedFailureIsLoggedOnceWithClassAndWithoutMessage() throws Exception {
        events.failingAsks.set(1000);
        try (ChannelLog log = new ChannelLog();
                ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.open();
            events.recorded.next();
            for (int i = 0; i <= 1000; i++) {
                agent.send(new Ask("container", "default"));
            }

            events.recorded.next();
            assertThat(failures(fixture)).isEqualTo(1000);
            assertThat(log.lines().stream().filter(line -> line.contains("LinkageError")))
                    .hasSize(1)
                    .noneMatch(line -> line.contains("thrown by the test"));
        }
    }

    private static double failures(ChannelFixture fixture) {
        return fixture.meters.counter(UnexpectedFailures.METRIC).count();
    }
}
