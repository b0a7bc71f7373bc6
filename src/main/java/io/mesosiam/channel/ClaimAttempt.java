package io.mesosiam.channel;

import io.mesosiam.lease.WriteFailure;
import io.mesosiam.postgres.PlainReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A claim on its way. An attempt that exceeds its time is not given up, since its statement may still take effect: its
 * answer comes later.
 */
record ClaimAttempt(CompletableFuture<Optional<Claim>> answer, Duration atMost) {
    /** What is known of a claim. */
    sealed interface Result {
        /** It is recorded; empty if there was no row that it could claim. */
        record Answered(Optional<Claim> claim) implements Result {}

        /** The database has not answered yet. */
        record Late() implements Result {}

        /**
         * It is not recorded.
         *
         * @param reason in one plain line
         */
        record Failed(WriteFailure failure, String reason) implements Result {}
    }

    /** Waits for the answer, up to the time limit. */
    Result await() {
        try {
            return new Result.Answered(answer.copy()
                    .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    .join());
        } catch (CompletionException e) {
            // the copy may time out at the moment the answer comes: what the answer says counts
            Throwable cause = cause(e);
            return cause instanceof TimeoutException && !answer.isDone() ? new Result.Late() : answered(cause);
        } catch (CancellationException e) {
            return answered(e);
        }
    }

    /** @param otherwise why there is no answer, where there is none */
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
        return new Result.Failed(WriteFailure.of(cause), PlainReason.of(cause));
    }
}
