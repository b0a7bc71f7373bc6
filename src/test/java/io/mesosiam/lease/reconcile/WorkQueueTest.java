package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final WorkQueue<String> queue = new WorkQueue<>(attempts -> Duration.ofSeconds(15L << (attempts - 1)));

    @Test
    void markDuringARunCausesOneMoreRun() {
        queue.mark("a", NOW, false);
        queue.mark("a", NOW, false);
        assertThat(queue.next(NOW)).contains("a");

        queue.mark("a", NOW, true);
        queue.mark("a", NOW, false);
        assertThat(queue.next(NOW)).isEmpty();

        queue.done("a");
        assertThat(queue.next(NOW)).contains("a");
        queue.done("a");
        assertThat(queue.next(NOW)).isEmpty();
        assertThat(queue.size()).isZero();
    }

    @Test
    void runOutsideTheQueueFulfilsTheMarksThatAreDue() {
        queue.mark("due", NOW, true);
        queue.mark("later", NOW.plusSeconds(1), false);
        queue.fulfil("due", NOW);
        queue.fulfil("later", NOW);
        queue.fulfil("unmarked", NOW);

        assertThat(queue.next(NOW)).isEmpty();
        assertThat(queue.next(NOW.plusSeconds(1))).contains("later");
        queue.fulfil("later", NOW.plusSeconds(1));
        queue.done("later");
        assertThat(queue.size()).isZero();
    }

    @Test
    void runOutsideTheQueueDoesNotEndABackoff() {
        queue.mark("failing", NOW, true);
        queue.next(NOW);
        queue.failed("failing", NOW);

        queue.fulfil("failing", NOW.plusSeconds(15));

        assertThat(queue.failing()).isEqualTo(1);
        assertThat(queue.next(NOW.plusSeconds(15))).contains("failing");
    }

    @Test
    void urgentKeysComeBeforeOtherDueKeys() {
        queue.mark("renewal", NOW.minusSeconds(60), false);
        queue.mark("new", NOW, true);

        assertThat(queue.isUrgent(NOW)).isTrue();
        assertThat(queue.next(NOW)).contains("new");
        assertThat(queue.isUrgent(NOW)).isFalse();
        assertThat(queue.next(NOW)).contains("renewal");
    }

    @Test
    void routineKeyIsTakenAfterThreeUrgentOnesThatAreAlwaysMarkedAgain() {
        queue.mark("renewal", NOW, false);
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            queue.mark("task", NOW, true);
            String key = queue.next(NOW).orElseThrow();
            taken.add(key);
            queue.done(key);
        }

        assertThat(taken).containsExactly("task", "task", "task", "renewal", "task");
    }

    @Test
    void equalKeysKeepTheOrderOfMarking() {
        queue.mark("later", NOW.minusSeconds(1), false);
        queue.mark("earlier", NOW.minusSeconds(2), false);

        assertThat(queue.next(NOW)).contains("earlier");
        assertThat(queue.next(NOW)).contains("later");
    }

    @Test
    void keysAreDueUntilTheyAreTaken() {
        queue.mark("new", NOW.minusSeconds(1), true);
        queue.mark("renewal", NOW.minusSeconds(60), false);
        queue.mark("later", NOW.plusSeconds(1), false);
        assertThat(queue.due(NOW)).isEqualTo(2);
        assertThat(queue.nextDue()).contains(NOW.minusSeconds(60));

        queue.next(NOW);
        queue.next(NOW);
        assertThat(queue.due(NOW)).isZero();
        assertThat(queue.due(NOW.plusSeconds(1))).isOne();
    }

    @Test
    void keyWaitsForItsEarliestMark() {
        queue.mark("a", NOW.plusSeconds(60), false);
        queue.mark("a", NOW.plusSeconds(30), false);
        queue.mark("a", NOW.plusSeconds(90), false);

        assertThat(queue.nextDue()).contains(NOW.plusSeconds(30));
        assertThat(queue.next(NOW.plusSeconds(29))).isEmpty();
        assertThat(queue.next(NOW.plusSeconds(30))).contains("a");
        queue.done("a");
        assertThat(queue.nextDue()).isEmpty();
    }

    @Test
    void failedKeyIsRetriedWithGrowingDelays() {
        queue.mark("a", NOW, true);
        assertThat(queue.next(NOW)).contains("a");
        queue.failed("a", NOW);
        assertThat(queue.nextDue()).contains(NOW.plusSeconds(15));

        assertThat(queue.next(NOW.plusSeconds(15))).contains("a");
        queue.failed("a", NOW.plusSeconds(15));
        assertThat(queue.nextDue()).contains(NOW.plusSeconds(45));

        queue.mark("a", NOW.plusSeconds(20), true);
        assertThat(queue.next(NOW.plusSeconds(20))).contains("a");
        queue.done("a");
        queue.mark("a", NOW, false);
        assertThat(queue.next(NOW)).contains("a");
        queue.failed("a", NOW);
        assertThat(queue.nextDue()).contains(NOW.plusSeconds(15));
    }

    @Test
    void keyCountsAsFailingUntilARunSucceeds() {
        queue.mark("a", NOW, false);
        queue.mark("b", NOW, false);
        assertThat(queue.next(NOW)).contains("a");
        queue.failed("a", NOW);
        assertThat(queue.next(NOW)).contains("b");
        queue.failed("b", NOW);
        assertThat(queue.failing()).isEqualTo(2);

        assertThat(queue.next(NOW.plusSeconds(15))).contains("a");
        assertThat(queue.failing()).isEqualTo(2);
        queue.failed("a", NOW);
        assertThat(queue.failing()).isEqualTo(2);

        assertThat(queue.next(NOW.plusSeconds(15))).contains("b");
        queue.mark("b", NOW.plusSeconds(60), false);
        queue.done("b");
        assertThat(queue.failing()).isEqualTo(1);

        assertThat(queue.next(NOW.plusSeconds(30))).contains("a");
        queue.done("a");
        assertThat(queue.failing()).isZero();
    }

    @Test
    void keyThatIsNotInWorkCannotBeDone() {
        queue.mark("a", NOW, false);

        assertThatThrownBy(() -> queue.done("a")).isInstanceOf(IllegalStateException.class);
    }
}
