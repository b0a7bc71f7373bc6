package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Move;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host's leases when controllers say that it is evicted. */
class EvictedHostTest extends TwoControllersFixture {
    private static final Fault EVICTED = Fault.lasting("evicted", "the host is evicted");

    @Test
    void hostServesNothingFromItsEvictionUntilAControllerAdmitsItAgain() throws Exception {
        FakeController.Connection agent = served();

        agent.send(EVICTED);

        agent.awaitClosed();
        assertThat(answer()).isInstanceOf(Answer.Refusal.class);
        link.enrolledAgain();
        FakeController.Connection again = first.accept();
        assertThat(again.next(Hello.class).held()).isEmpty();
        assertThat(answer()).isInstanceOf(Answer.Refusal.class);
        again.send(new Sync(2, List.of(served("lease-1", 2, "task"))));
        assertThat(again.next(Ack.class)).isEqualTo(new Ack("lease-1", 2));
        assertThat(answer()).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void hostThatWasEvictedWithoutAStreamServesNothingFromItsNextHello() throws Exception {
        served().send(Fault.passing("stopping", "the controller is stopping"));
        FakeController.Connection next = first.accept();
        assertThat(next.next(Hello.class).held()).hasSize(1);

        next.send(EVICTED);

        next.awaitClosed();
        assertThat(answer()).isInstanceOf(Answer.Refusal.class);
    }

    /** A controller that is cut off from the database may not know that the host was admitted again. */
    @Test
    void controllerToWhichTheHostWouldMoveTakesNothingFromAHostThatAnotherOneServes() throws Exception {
        FakeController.Connection serving = served(List.of(first.uri(), second.uri()));
        serving.send(new Move(Duration.ZERO));
        FakeController.Connection beside = greeted(second);

        beside.send(EVICTED);

        beside.awaitClosed();
        serving.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(serving.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
        assertThat(answer()).isInstanceOf(Answer.Lease.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"authority-removed", "certificate-expired", "host-mismatch", "superseded"})
    void otherFaultsLeaveTheLeases(String code) throws Exception {
        FakeController.Connection agent = served();

        agent.send(Fault.lasting(code, "a fault"));

        agent.awaitClosed();
        assertThat(answer()).isInstanceOf(Answer.Lease.class);
    }

    private Answer answer() {
        return store.find("task", "default");
    }

    private FakeController.Connection served() throws Exception {
        return served(List.of(first.uri()));
    }

    private FakeController.Connection served(List<URI> controllers) throws Exception {
        link = link(controllers, ofAgent);
        link.start(running::get);
        FakeController.Connection agent = greeted(first);
        agent.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
        assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        return agent;
    }
}
