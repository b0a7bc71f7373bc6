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

/** What happens after an exception that no code expects. */
class ChannelFailuresTest {
    private final FailingEvents events = new FailingEvents();

    @Test
    void aStreamGoesOnAfterAnErrorInOneOfItsMessages() throws Exception {
        events.failingAsks.set(1);
        try (ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.open();
            events.heard.next();

            agent.say(new Ask("first", "default"));
            agent.say(new Ask("second", "default"));

            assertThat(events.heard.next())
                    .isEqualTo(new HeardEvents.Asked(S1, ContainerId.parse("second"), new CredentialName("default")));
            assertThat(failures(fixture)).isEqualTo(1);
        }
    }

    @Test
    void anAgentWhoseHelloFailsComesAgain() throws Exception {
        events.failingConnects.set(1);
        try (ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.connect();
            agent.say(hello(S1));

            Fault fault = agent.hearEnd();
            assertThat(fault.code()).isEqualTo("not-ready");
            assertThat(fault.persistence()).isInstanceOf(Fault.Passing.class);
            assertThat(failures(fixture)).isEqualTo(1);

            StreamClient again = fixture.connect();
            again.say(hello(S1));
            again.hear(Sync.class);
        }
    }

    @Test
    void anUnexpectedFailureIsLoggedOnceWithItsClassAndWithoutItsMessage() throws Exception {
        events.failingAsks.set(1000);
        try (ChannelLog log = new ChannelLog();
                ChannelFixture fixture = new ChannelFixture(events)) {
            StreamClient agent = fixture.open();
            events.heard.next();
            for (int i = 0; i <= 1000; i++) {
                agent.say(new Ask("container", "default"));
            }

            events.heard.next();
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
