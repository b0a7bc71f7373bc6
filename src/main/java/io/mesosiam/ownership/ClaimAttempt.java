package io.mesosiam.ownership;

import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * A claim in flight. An attempt that exceeds its time limit is not cancelled, since its statement may still take
 * effect: its answer arrives later.
 *
 * @param atMost the time limit while the database answers no claim
 * @param answers how many claims the database has answered
 */
public record ClaimAttempt(CompletableFuture<Optional<Claim>> answer, Duration atMost, LongSupplier answers) {
    /**
     * How many times the time limit is waited for while the database answers other claims. Then it is not away, but many
     * agents connect at once, and an agent that is admitted provisionally after another controller has to connect again.
     */
    static final int MOST_WAITS = 5;

    /** The result of a claim. */
    public sealed interface Result {
        /** The statement succeeded; the claim is empty if there was no row to claim. */
        record Answered(Optional<Claim> claim) implements Result {}

        /** The database has not answered yet. */
        record Late() implements Result {}

        /** The statement was not sent: too many claims of this controller were in flight for the whole time limit. */
        record NotSent() implements Result {}

        /** The statement was not sent, because the stream had ended: the host may be another controller's. */
        record NotWanted() implements Result {}

        /**
         * The claim is not recorded.
         *
         * @param reason one line for operators
         */
        record Failed(WriteFailure failure, String reason) implements Result {}
    }

    /** Why the answer of an attempt fails that was given up before its statement was sent. */
    private static final class GivenUp extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Result result;

        GivenUp(Result result) {
            super("the claim was not sent", null, false, false);
            this.result = result;
        }
    }

    /** An attempt that was given up before its statement was sent. */
    static ClaimAttempt givenUp(Result result) {
        return new ClaimAttempt(CompletableFuture.failedFuture(new GivenUp(result)), Duration.ZERO, () -> 0);
    }

    /** Waits for the answer: up to the time limit, and up to {@link #MOST_WAITS} times as long while the database answers other claims. */
    public Result await() {
        return whileAnswering(
                        answers, () -> Optional.of(awaitOnce()).filter(result -> !(result instanceof Result.Late)))
                .orElseGet(Result.Late::new);
    }

    /**
     * Waits up to {@link #MOST_WAITS} times, as long as the database answered a claim during the last wait.
     *
     * @param wait waits for at most the time limit; returns nothing if that was not enough
     */
    static <T, E extends Exception> Optional<T> whileAnswering(LongSupplier answers, Wait<T, E> wait) throws E {
        Optional<T> result = Optional.empty();
        boolean answering = true;
        for (int i = 0; i < MOST_WAITS && answering && result.isEmpty(); i++) {
            long before = answers.getAsLong();
            result = wait.once();
            answering = answers.getAsLong() > before;
        }
        return result;
    }

    /** One wait. */
    interface Wait<T, E extends Exception> {
        Optional<T> once() throws E;
    }

    private Result awaitOnce() {
        try {
            return new Result.Answered(answer.copy()
                    .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    .join());
        } catch (CompletionException e) {
            // the copy may time out just as the answer arrives: the answer takes precedence
            Throwable cause = cause(e);
            return cause instanceof TimeoutException && !answer.isDone() ? new Result.Late() : answered(cause);
        } catch (CancellationException e) {
            return answered(e);
        }
    }

    /** @param otherwise the failure to report if there is no answer */
    private Result answered(Throwable otherwise) {
        if (!answer.isDone()) {
            return failed(otherwise);
        }
        try {
            return new Result.Answered(answer.join());
        } catch (CompletionException e) {
            return failed(cause(e));
        } catch (CancellationException e) {
            return failed(e);
        }
    }

    private static Throwable cause(CompletionException e) {
        return e.getCause() == null ? e : e.getCause();
    }

    private static Result failed(Throwable cause) {
        return cause instanceof GivenUp given
                ? given.result
                : new Result.Failed(WriteFailure.of(cause), PlainReason.of(cause));
    }
}
