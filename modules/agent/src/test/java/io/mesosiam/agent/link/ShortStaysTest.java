package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Move;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Controllers that claim the host and do not keep it. */
class ShortStaysTest extends TwoControllersFixture {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int ROUNDS = 100;

    /** The claim of the first fences what the second writes, which then ends its stream. */
    @Test
    void hostWhoseFirstControllerHasClaimedItAndFailedGoesBackToTheOtherOne() throws Exception {
        start(Duration.ofMillis(20), USUAL.away());
        greeted(first).send(Fault.passing("not-ready", "no master has answered this controller yet"));
        FakeController.Connection former = greeted(second);
        serve(former, 7);
        FakeController.Connection home = greeted(first);
        home.send(Fault.passing("not-ready", "the rows of this host can't be read"));
        home.awaitClosed();
        former.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(former.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
        link.requestLease("task", "default");

        former.send(Fault.passing("claim-again", "another controller claimed the host; send hello again"));

        greeted(second).send(new Sync(9, List.of(kept("lease-1", "task"))));
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void hostReturnsOnceButNotAtOnceAgainToAControllerWhoseStreamsAreLost() throws Exception {
        start(Duration.ofMillis(20), HOUR);
        FakeController.Connection home = greeted(first);
        serve(home, 1);
        home.close();
        FakeController.Connection other = greeted(second);
        serve(other, 2);
        home = greeted(first);
        serve(home, 3);
        other.awaitClosed();

        home.close();

        other = greeted(second);
        serve(other, 4);
        assertStays(other);
        assertThat(first.hasConnections()).as("a return within two hours").isFalse();
    }

    /** Each asks the host to move as soon as it has it. */
    @Test
    void controllersThatSendAHostAwayInTurnGetItMoreAndMoreSlowly() throws Exception {
        start(HOUR, HOUR);
        FakeController.Connection last = greeted(first);
        for (int epoch = 1; epoch <= 3; epoch++) {
            serve(last, epoch);
            last.send(new Move(Duration.ZERO));
            if (epoch < 3) {
                last = greeted(epoch == 1 ? second : first);
            }
        }

        assertStays(last);
        assertThat(second.hasConnections()).as("a move within a minute").isFalse();
    }

    /**
     * @param returns time between two tries to return
     * @param away what the waits after short stays are multiples of
     */
    private void start(Duration returns, Duration away) {
        timing = new LinkTiming(LONG, USUAL.ping(), USUAL.silence(), USUAL.ask(), returns, USUAL.opening());
        link = link(() -> {}, new DialPlan(List.of(first.uri(), second.uri()), AT_ONCE, away), System::nanoTime);
        link.start(running::get);
    }

    private static void serve(FakeController.Connection agent, long epoch) throws Exception {
        agent.send(new Sync(epoch, List.of(served("lease-1", epoch, "task"))));
        assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", epoch));
    }

    private static void assertStays(FakeController.Connection agent) throws Exception {
        for (int revision = 1000; revision < 1000 + ROUNDS; revision++) {
            agent.send(new Upsert(served("lease-1", revision, "task")));
            assertThat(agent.next(Ack.class)).isEqualTo(new Ack("lease-1", revision));
        }
    }
}
