package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.postgres.WriteFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ClaimAttemptTest {
    private static final Claim CLAIM = new Claim(1, false, false, true);

    /** A future whose copies time out at the moment at which it is completed. */
    private static final class OnTheLimit extends CompletableFuture<Optional<Claim>> {
        private final Runnable complete;

        OnTheLimit(Consumer<OnTheLimit> complete) {
            this.complete = () -> complete.accept(this);
        }

        @Override
        public CompletableFuture<Optional<Claim>> copy() {
            complete.run();
            return CompletableFuture.failedFuture(new TimeoutException());
        }
    }

    @Test
    void answerAtTheTimeLimitIsUsed() {
        assertThat(await(new OnTheLimit(it -> it.complete(Optional.of(CLAIM)))))
                .isEqualTo(new ClaimAttempt.Result.Answered(Optional.of(CLAIM)));
    }

    @Test
    void failureAtTheTimeLimitIsReported() {
        assertThat(await(new OnTheLimit(it -> it.completeExceptionally(new IllegalArgumentException("blank")))))
                .isEqualTo(new ClaimAttempt.Result.Failed(WriteFailure.DATA, "blank"));
    }

    @Test
    void missingAnswerAtTheTimeLimitIsLate() {
        assertThat(await(new CompletableFuture<>())).isInstanceOf(ClaimAttempt.Result.Late.class);
    }

    @Test
    void answerIsAwaitedLongerWhileTheDatabaseAnswersOtherClaims() {
        CompletableFuture<Optional<Claim>> answer = new CompletableFuture<>();
        AtomicLong others = new AtomicLong();
        ClaimAttempt attempt = new ClaimAttempt(answer, Duration.ofMillis(1), () -> {
            if (others.incrementAndGet() == ClaimAttempt.MOST_WAITS) {
                answer.complete(Optional.of(CLAIM));
            }
            return others.get();
        });

        assertThat(attempt.await()).isEqualTo(new ClaimAttempt.Result.Answered(Optional.of(CLAIM)));
    }

    @Test
    void answerThatIsMissingForLongIsLateAlsoWhileTheDatabaseAnswersOtherClaims() {
        AtomicLong others = new AtomicLong();

        assertThat(new ClaimAttempt(new CompletableFuture<>(), Duration.ofMillis(1), others::incrementAndGet).await())
                .isInstanceOf(ClaimAttempt.Result.Late.class);
    }

    @Test
    void timeoutOfTheStatementIsAFailure() {
        assertThat(await(CompletableFuture.failedFuture(new TimeoutException("full"))))
                .isEqualTo(new ClaimAttempt.Result.Failed(WriteFailure.AWAY, "full"));
    }

    private static ClaimAttempt.Result await(CompletableFuture<Optional<Claim>> answer) {
        return new ClaimAttempt(answer, Duration.ofMillis(1), () -> 0).await();
    }
}
