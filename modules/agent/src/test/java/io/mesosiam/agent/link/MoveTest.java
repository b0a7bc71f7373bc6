package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Ask;
import io.mesosiam.channel.wire.AgentMessage.Containers;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.Move;
import io.mesosiam.channel.wire.ControllerMessage.Remove;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.ControllerMessage.Upsert;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The host moves to another controller while its stream goes on. */
class MoveTest extends TwoControllersFixture {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final int ROUNDS = 50;

    @Test
    void hostReturnsToItsFirstControllerAndIsServedThroughout() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);

        FakeController.Connection home = first.accept();
        assertThat(home.next(Hello.class).held())
                .containsExactly(new Held("lease-1", "hash", EXPIRATION, Optional.of("task"), Optional.of("default")));
        former.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(former.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
        assertThat(former.isOpen()).isTrue();

        home.send(new Sync(8, List.of(kept("lease-1", "task"), kept("lease-2", "next"))));

        assertThat(home.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        assertThat(home.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
        former.awaitClosed();
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        assertThat(store.find("next", "default")).isInstanceOf(Answer.Lease.class);
        assertThat(metrics()).contains("mesosiam_agent_controller_connected 1\n");
        assertThat(second.hasConnections()).isFalse();
    }

    /** The next controller may not know it: its leases are as they were at the hello. */
    @Test
    void leaseThatArrivesDuringAMoveStaysAndIsReportedWithAnotherHello() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);
        FakeController.Connection home = greeted(first);
        former.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(former.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));

        home.send(new Sync(8, List.of(kept("lease-1", "task"))));

        home.awaitClosed();
        former.awaitClosed();
        assertThat(first.accept().next(Hello.class).held())
                .extracting(Held::leaseId)
                .containsExactlyInAnyOrder("lease-1", "lease-2");
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        assertThat(store.find("next", "default")).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void asksAndReportsGoToBothControllersDuringAMove() throws Exception {
        timing = timing(HOUR);
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);
        FakeController.Connection home = greeted(first);

        link.requestLease("task", "default");
        for (FakeController.Connection agent : List.of(former, home)) {
            assertThat(agent.next(Ask.class)).isEqualTo(new Ask("task", "default"));
        }

        running.set(Set.of(new Container("next", 1)));
        link.containersChanged();
        for (FakeController.Connection agent : List.of(former, home)) {
            Containers change = agent.next(Containers.class);
            assertThat(change.started()).containsExactly(new RunningContainer("next", 1));
            assertThat(change.ended()).containsExactly(new RunningContainer("task", 4711));
        }
    }

    @Test
    void controllerWhoseClaimIsNotNewerDoesNotTakeOver() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);
        FakeController.Connection home = greeted(first);

        home.send(new Sync(7, List.of(served("stale", 1, "other"))));

        home.awaitClosed();
        former.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(former.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        assertThat(store.find("other", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void epochsOfAnotherMesosAgentAreNotCompared() throws Exception {
        mesosAgentId = "f00d-S0";
        FakeController.Connection former = atTheSecond(HOUR, 7);
        mesosAgentId = "f00d-S1";
        former.send(new Move(Duration.ZERO));

        FakeController.Connection home = greeted(first);
        home.send(new Sync(1, List.of(kept("lease-1", "task"))));

        assertThat(home.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        former.awaitClosed();
    }

    @Test
    void refusedMoveLeavesTheStreamAndIsTriedAgain() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);

        greeted(first).send(Fault.passing("stopping", "the controller is stopping"));

        greeted(first);
        assertThat(former.isOpen()).isTrue();
        assertThat(second.hasConnections()).isFalse();
    }

    @Test
    void hostMovesWhenItsControllerAsksItTo() throws Exception {
        timing = timing(HOUR);
        link = link(List.of(first.uri(), second.uri()), ofAgent);
        link.start(running::get);
        FakeController.Connection former = greeted(first);
        former.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
        former.next(Ack.class);
        link.requestLease("next", "default");
        assertThat(former.next(Ask.class)).isEqualTo(new Ask("next", "default"));

        former.send(new Move(Duration.ofMillis(1)));

        FakeController.Connection next = greeted(second);
        assertThat(next.next(Ask.class)).isEqualTo(new Ask("next", "default"));
        next.send(new Sync(2, List.of(kept("lease-1", "task"))));
        assertThat(next.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        former.awaitClosed();
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
    }

    /** While controllers start, an agent fails at each of them, and waits longer and longer. */
    @Test
    void hostIsAskedToMoveAndGoesToAControllerThatFailedBefore() throws Exception {
        DialPlan plan = new DialPlan(List.of(first.uri(), second.uri()), AT_ONCE);
        plan.failed(second.uri(), Instant.EPOCH.plus(HOUR));
        link = link(() -> {}, plan, System::nanoTime);
        link.start(running::get);
        FakeController.Connection former = greeted(first);
        former.send(new Sync(1, List.of(served("lease-1", 1, "task"))));
        former.next(Ack.class);

        former.send(new Move(Duration.ofMillis(1)));

        greeted(second).send(new Sync(2, List.of(kept("lease-1", "task"))));
        former.awaitClosed();
    }

    /** The controller is drained, and then stops. */
    @Test
    void hostThatWaitsToMoveGoesSoonerIfItIsAskedAgainWithLessTime() throws Exception {
        FakeController.Connection former = atTheSecond(HOUR, 7);
        former.send(new Move(Move.LONGEST));

        former.send(new Move(Duration.ZERO));

        FakeController.Connection next = greeted(first);
        next.send(new Sync(8, List.of(kept("lease-1", "task"))));
        assertThat(next.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        former.awaitClosed();
    }

    @Test
    void messagesBeforeTheLeasesEndAStreamAndChangeNothing() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);

        FakeController.Connection home = greeted(first);
        home.send(new Remove("lease-1", "not yours"));

        home.awaitClosed();
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        former.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(former.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
    }

    /** Frames of both controllers arrive in any order: what the newer one says of a container holds once it has sent the leases. */
    @Test
    void framesOfTheFormerControllerDoNotBringBackWhatTheNewerOneHasTakenAway() throws Exception {
        long epoch = 7;
        FakeController.Connection former = atTheSecond(Duration.ofMillis(2), epoch);
        FakeController.Connection next = greeted(first);
        for (int round = 0; round < ROUNDS; round++) {
            String withdrawn = "withdrawn-" + round;
            FakeController.Connection old = former;
            Thread late = Thread.ofVirtual().start(() -> {
                for (int revision = 1; revision < 20 && old.isOpen(); revision++) {
                    old.sendQuietly(new Upsert(served(withdrawn, revision, "other")));
                }
            });
            next.send(new Sync(
                    ++epoch,
                    // the hello may have been sent before the former round's mark arrived
                    List.of(kept("lease-1", "task"), refused("other"), refused("mark"))));
            next.send(new Upsert(served("mark-" + round, 1, "mark")));
            while (!next.next(Ack.class).leaseId().equals("mark-" + round)) {
                assertThat(next.isOpen()).isTrue();
            }
            assertThat(store.find("other", "default")).as("round " + round).isInstanceOf(Answer.Refusal.class);
            old.awaitClosed();
            late.join();
            assertThat(store.find("other", "default")).as("round " + round).isInstanceOf(Answer.Refusal.class);
            assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
            former = next;
            former.send(new Move(Duration.ZERO));
            next = greeted(round % 2 == 0 ? second : first);
        }
    }

    private static Entry.Refusal refused(String container) {
        return new Entry.Refusal(container, "default", "Withdrawn", "withdrawn");
    }

    @Test
    void streamThatIsOpeningServesTheHostIfTheFormerOneEnds() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);
        FakeController.Connection home = greeted(first);

        former.close();
        awaitNotInSync();
        home.send(new Sync(3, List.of(kept("lease-1", "task"))));

        assertThat(home.next(Ack.class)).isEqualTo(new Ack("lease-1", 1));
        assertThat(store.find("task", "default")).isInstanceOf(Answer.Lease.class);
        home.send(new Upsert(served("lease-2", 1, "next")));
        assertThat(home.next(Ack.class)).isEqualTo(new Ack("lease-2", 1));
    }

    @Test
    void lostStreamAfterAMoveIsReplaced() throws Exception {
        FakeController.Connection former = atTheSecond(Duration.ofMillis(20), 7);
        FakeController.Connection home = greeted(first);
        home.send(new Sync(8, List.of(kept("lease-1", "task"))));
        former.awaitClosed();

        home.close();

        assertThat(greeted(second).isOpen()).isTrue();
    }

    /** A host whose first controller has sent it away, so that the second one serves it under this epoch. */
    private FakeController.Connection atTheSecond(Duration away, long epoch) throws Exception {
        timing = timing(timing.ask(), away);
        link = link(List.of(first.uri(), second.uri()), ofAgent);
        link.start(running::get);
        greeted(first).send(Fault.passing("not-ready", "no master has answered this controller yet"));
        FakeController.Connection serving = greeted(second);
        serving.send(new Sync(epoch, List.of(served("lease-1", 1, "task"))));
        serving.next(Ack.class);
        return serving;
    }

    /** Waits until the agent has noticed the end of the stream that served. */
    private void awaitNotInSync() {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!metrics().contains("mesosiam_agent_controller_connected 0\n")) {
            assertThat(System.nanoTime()).as("in sync").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static LinkTiming timing(Duration ask) {
        return timing(ask, USUAL.away());
    }

    private static LinkTiming timing(Duration ask, Duration away) {
        return new LinkTiming(LONG, USUAL.ping(), USUAL.silence(), ask, away, USUAL.opening());
    }

    private String metrics() {
        Exposition exposition = new Exposition();
        link.expose(exposition);
        return exposition.toString();
    }
}
