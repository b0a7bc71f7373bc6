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

/**
 * A claim in flight. An attempt that exceeds its time limit is not cancelled, since its statement may still take
 * effect: its answer arrives later.
 */
public record ClaimAttempt(CompletableFuture<Optional<Claim>> answer, Duration atMost) {
    /** The result of a claim. */
    public sealed interface Result {
        /** The statement succeeded; the claim is empty if there was no row to claim. */
        record Answered(Optional<Claim> claim) implements Result {}

        /** The database has not answered yet. */
        record Late() implements Result {}

        /** The statement was not sent: too many claims of this controller were in flight for the whole time limit. */
        record NotSent() implements Result {}

        /**
         * The claim is not recorded.
         *
         * @param reason one line for operators
         */
        record Failed(WriteFailure failure, String reason) implements Result {}
    }

    /** Why the answer of {@link #notSent} fails. */
    private static final class TooManyInFlight extends Exception {
        private static final long serialVersionUID = 1L;

        TooManyInFlight() {
            super("too many claims are in flight", null, false, false);
        }
    }

    /** An attempt that was given up before its statement was sent. */
    static ClaimAttempt notSent(Duration atMost) {
        return new ClaimAttempt(CompletableFuture.failedFuture(new TooManyInFlight()), atMost);
    }

    /** Waits for the answer, up to the time limit. */
    public Result await() {
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
        return cause instanceof TooManyInFlight
                ? new Result.NotSent()
                : new Result.Failed(WriteFailure.of(cause), PlainReason.of(cause));
    }
}
