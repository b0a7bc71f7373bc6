package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DialPlanTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final URI A = URI.create("wss://a:1");
    private static final URI B = URI.create("wss://b:1");
    private static final URI C = URI.create("wss://c:1");

    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

    /** Jitter of the longest possible wait. */
    private static final RandomGenerator LATEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void firstDialIsImmediate() {
        assertThat(plan(A).next(NOW, false).at()).isBefore(NOW);
    }

    @Test
    void controllersAreDialledInTheOrderOfTheHost() {
        DialPlan plan = plan(B, A, C);

        assertThat(plan.next(NOW, false).controller()).isEqualTo(B);
        plan.failed(B, NOW);
        assertThat(plan.next(NOW, false).controller()).isEqualTo(A);
        plan.failed(A, NOW);
        assertThat(plan.next(NOW, false).controller()).isEqualTo(C);
    }

    @Test
    void afterALostStreamTheNextOfTheOrderIsDialled() {
        DialPlan plan = new DialPlan(List.of(A, B, C), new Random(1));

        plan.lost(A, NOW);

        assertThat(plan.next(NOW, false).controller()).isEqualTo(B);
    }

    /** The others may not know the task of which it has learned, and would go on serving what it would end. */
    @Test
    void controllerThatWantsAnotherHelloIsDialledBeforeTheOthers() {
        for (RandomGenerator random : List.of(LATEST, new Random(1), new Random(2))) {
            DialPlan plan = new DialPlan(List.of(B, A, C), random);
            StreamEnd again = new StreamEnd.EndedTemporarily("hello-again", "tasks are known now", HALF_A_SECOND);

            plan.ended(A, true, again, NOW);

            assertThat(again.isAfterClaim()).isFalse();
            assertThat(plan.next(NOW, false).controller()).isEqualTo(A);
            assertThat(plan.next(NOW, false).at()).isBeforeOrEqualTo(NOW.plus(HALF_A_SECOND));
            plan.failed(A, NOW.plus(HALF_A_SECOND));
            plan.failed(A, NOW.plus(HALF_A_SECOND));
            assertThat(plan.next(NOW, false).at()).isBeforeOrEqualTo(NOW.plusMillis(1500));
        }
    }

    @Test
    void afterAPassingFaultTheNextOfTheOrderIsDialled() {
        for (int seed = 0; seed < 20; seed++) {
            DialPlan plan = new DialPlan(List.of(A, B, C), new Random(seed));

            plan.closedTemporarily(A, true, HALF_A_SECOND, NOW);

            assertThat(plan.next(NOW, false).controller()).isEqualTo(B);
        }
    }

    @Test
    void preferredControllersAreThoseBeforeItWithoutThoseThatWait() {
        DialPlan plan = plan(A, B, C);
        plan.failed(A, NOW);

        assertThat(plan.isFirst(A)).isTrue();
        assertThat(plan.isFirst(C)).isFalse();
        assertThat(plan.preferredTo(C, NOW)).containsExactly(B);
        assertThat(plan.preferredTo(C, NOW.plusSeconds(1))).containsExactly(A, B);
        assertThat(plan.preferredTo(A, NOW)).isEmpty();
        assertThat(plan.others(B, NOW.plusSeconds(1))).containsExactly(A, C);
    }

    @Test
    void hostThatIsAskedToMoveTriesControllersThatFailedBefore() {
        DialPlan plan = plan(A, B, C);
        for (int i = 0; i < 10; i++) {
            plan.failed(B, NOW);
        }
        plan.refused(C, NOW);
        assertThat(plan.others(A, NOW)).isEmpty();

        plan.askedToMove(A, NOW);

        assertThat(plan.others(A, NOW)).containsExactly(B);
        plan.failed(B, NOW);
        assertThat(plan.others(A, NOW)).isEmpty();
        assertThat(plan.others(A, NOW.plusSeconds(1))).containsExactly(B);
    }

    @Test
    void hostReturnsLessAndLessOftenToAControllerThatDoesNotKeepIt() {
        DialPlan plan = plan(A, B);
        Instant now = NOW;
        for (Duration wait : List.of(
                Duration.ZERO,
                Duration.ofMinutes(3),
                Duration.ofMinutes(6),
                Duration.ofMinutes(12),
                Duration.ofMinutes(12))) {
            plan.stayed(A, Duration.ofMinutes(4), now);
            assertThat(plan.preferredTo(B, now.plus(wait))).containsExactly(A);
            if (!wait.isZero()) {
                assertThat(plan.preferredTo(B, now.plus(wait).minusSeconds(1))).isEmpty();
            }
            now = now.plus(wait);
        }

        assertThat(plan.isLong(Duration.ofMinutes(5))).isTrue();
        plan.stayed(A, Duration.ofMinutes(5), now);

        assertThat(plan.preferredTo(B, now)).containsExactly(A);
    }

    @Test
    void controllerThatDoesNotKeepTheHostIsDialledAfterTheOthers() {
        DialPlan plan = plan(A, B, C);
        plan.stayed(A, Duration.ZERO, NOW);
        assertThat(plan.others(C, NOW)).containsExactly(B, A);
        assertThat(plan.next(NOW, false).controller()).isEqualTo(B);

        plan.closedTemporarily(B, true, HALF_A_SECOND, NOW);

        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(C, NOW.plusMillis(500)));
        plan.refused(C, NOW);
        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(B, NOW.plusMillis(1000)));
        plan.refused(B, NOW);
        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(A, NOW.plusMillis(1500)));
    }

    @Test
    void hostMovesMoreAndMoreSlowlyBetweenControllersThatSendItAway() {
        DialPlan plan = plan(A, B);
        Duration inAll = Duration.ZERO;
        int moves = 0;
        while (inAll.compareTo(Duration.ofMinutes(30)) < 0) {
            URI controller = moves % 2 == 0 ? A : B;
            plan.stayed(controller, Duration.ZERO, NOW);
            inAll = inAll.plus(plan.beforeMove(controller));
            moves++;
        }

        assertThat(moves).isLessThan(28);
        assertThat(plan.beforeMove(A)).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void firstTwoMovesAreNotDelayed() {
        DialPlan plan = plan(A, B);
        for (URI controller : List.of(A, B)) {
            plan.stayed(controller, Duration.ZERO, NOW);
            assertThat(plan.beforeMove(controller)).isZero();
        }
    }

    @Test
    void afterALostStreamAnotherControllerIsDialledFirstAfterAWait() {
        DialPlan plan = plan(A, B);

        plan.lost(A, NOW);

        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(B, NOW.plusSeconds(8)));
        plan.failed(B, NOW.plusSeconds(60));
        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(A, NOW.plusSeconds(16)));
    }

    @Test
    void waitingContainerMakesTheDialEarlier() {
        DialPlan plan = plan(A);

        plan.lost(A, NOW);

        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(8));
        assertThat(plan.next(NOW, true).at()).isEqualTo(NOW.plusMillis(250));
    }

    @Test
    void backoffIsAtMost15SecondsOrTwoIfAContainerWaits() {
        DialPlan plan = plan(A);

        plan.failed(A, NOW);
        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(1));
        plan.failed(A, NOW);
        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(2));
        for (int i = 0; i < 100; i++) {
            plan.failed(A, NOW);
        }

        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(15));
        assertThat(plan.next(NOW, true).at()).isEqualTo(NOW.plusSeconds(2));
    }

    @Test
    void refusingControllerIsNotDialledForMinutesEvenIfUrgent() {
        DialPlan plan = plan(A);

        plan.refused(A, NOW);

        assertThat(Duration.between(NOW, plan.next(NOW, true).at())).isEqualTo(Duration.ofMinutes(4));
    }

    @Test
    void evictedHostAsksAgainWithinHalfAMinute() {
        DialPlan plan = plan(A);

        plan.ended(A, true, new StreamEnd.Refused("evicted", "the host is evicted"), NOW);

        assertThat(Duration.between(NOW, plan.next(NOW, true).at())).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void refusingControllersAreDialledAtOnceWithAnotherCertificate() {
        DialPlan plan = plan(A);
        plan.refused(A, NOW);

        plan.enrolledAgain(NOW.plusSeconds(3));

        assertThat(plan.next(NOW.plusSeconds(3), false)).isEqualTo(new DialPlan.Dial(A, NOW.plusSeconds(3)));
    }

    @Test
    void anotherCertificateDoesNotShortenTheWaitForAControllerThatIsAway() {
        DialPlan plan = plan(A);
        plan.failed(A, NOW);
        DialPlan.Dial before = plan.next(NOW, false);

        plan.enrolledAgain(NOW);

        assertThat(plan.next(NOW, false)).isEqualTo(before);
    }

    @Test
    void afterAPassingFaultAnotherControllerIsDialledWithinASecond() {
        DialPlan plan = plan(A, B);

        plan.closedTemporarily(A, true, HALF_A_SECOND, NOW);

        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(B, NOW.plusMillis(500)));
        plan.failed(B, NOW.plusMillis(500));
        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(A, NOW.plusMillis(1000)));
    }

    @Test
    void passingFaultEndsTheBackoffOfTheOtherController() {
        DialPlan plan = plan(A, B);
        for (int i = 0; i < 10; i++) {
            plan.failed(B, NOW);
        }

        plan.closedTemporarily(A, true, HALF_A_SECOND, NOW);

        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(B, NOW.plusMillis(500)));
    }

    @Test
    void passingFaultDoesNotShortenTheWaitAfterALastingOne() {
        DialPlan plan = plan(A, B);
        plan.refused(B, NOW);

        plan.closedTemporarily(A, true, HALF_A_SECOND, NOW);
        assertThat(plan.next(NOW, true).controller()).isEqualTo(A);
        plan.refused(A, NOW);

        assertThat(plan.next(NOW, true).at()).isEqualTo(NOW.plus(Duration.ofMinutes(4)));
    }

    @Test
    void restartingControllerIsDialledEverySecondForTwoMinutes() {
        DialPlan plan = plan(A);
        plan.closedTemporarily(A, true, HALF_A_SECOND, NOW);

        for (int second = 1; second < 120; second++) {
            plan.failed(A, NOW.plusSeconds(second));
            assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(second + 1));
        }
        plan.failed(A, NOW.plusSeconds(120));
        plan.failed(A, NOW.plusSeconds(200));

        assertThat(plan.next(NOW, false).at()).isAfter(NOW.plusSeconds(203));
    }

    @Test
    void lastingSeriesOfPassingFaultsIsDialledAtMostTwiceInFifteenSeconds() {
        DialPlan plan = plan(A);
        for (int minute = 0; minute < 20; minute++) {
            plan.closedTemporarily(A, false, HALF_A_SECOND, NOW.plus(Duration.ofMinutes(minute)));
        }

        Instant last = NOW.plus(Duration.ofMinutes(19));
        assertThat(plan.next(last, false).at()).isEqualTo(last.plusSeconds(30));
        assertThat(plan.next(last, true).at()).isEqualTo(last.plusSeconds(2));
    }

    @Test
    void statedDelayIsKeptUnlessAContainerWaits() {
        DialPlan plan = plan(A);

        plan.closedTemporarily(A, false, Duration.ofSeconds(40), NOW);

        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(80));
        assertThat(plan.next(NOW, true).at()).isBefore(NOW.plusSeconds(1));
    }

    @Test
    void zeroDelayDoesNotCauseATightLoop() {
        DialPlan plan = plan(A);

        plan.closedTemporarily(A, false, Duration.ZERO, NOW);

        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusMillis(200));
    }

    @Test
    void refusingControllerDoesNotDelayAWaitingContainer() {
        DialPlan plan = plan(A, B);
        plan.refused(A, NOW.minusSeconds(200));
        for (int i = 0; i < 10; i++) {
            plan.failed(B, NOW);
        }

        assertThat(plan.next(NOW, true)).isEqualTo(new DialPlan.Dial(B, NOW.plusSeconds(2)));
    }

    private static DialPlan plan(URI... controllers) {
        return new DialPlan(List.of(controllers), LATEST);
    }
}
