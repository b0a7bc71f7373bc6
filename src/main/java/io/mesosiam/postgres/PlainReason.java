package io.mesosiam.postgres;

import io.mesosiam.line.OneLine;
import io.mesosiam.reach.NoConnection;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.json.DecodeException;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Converts an exception of PostgreSQL's client or another library to one short line for operators, without class names,
 * source positions and control characters.
 */
public final class PlainReason {
    private static final int LONGEST = 300;

    private PlainReason() {}

    /**
     * The first line of the message; for invalid JSON, what is wrong and where. For a failed connection without a
     * message, the reason of the failure; the message for an unknown host may be its name alone.
     */
    public static String of(Throwable failure) {
        String first = Optional.ofNullable(failure.getMessage())
                .orElse("")
                .strip()
                .lines()
                .findFirst()
                .orElse("");
        String line = OneLine.of(
                        first.replaceFirst("^Failed to decode: ?", "").replaceFirst("\\s*(at )?\\[Source: .*$", ""))
                .strip();
        String reason = line.isEmpty() || line.equals("null") ? withoutMessage(failure) : line;
        String cut = OneLine.cut(reason, LONGEST);
        return switch (failure) {
            case DecodeException _ -> "it is not JSON: " + cut;
            case UnknownHostException _ when !line.isEmpty() -> NoConnection.UNKNOWN_HOST.words() + ": " + cut;
            default -> cut;
        };
    }

    private static String withoutMessage(Throwable failure) {
        return failure instanceof TimeoutException
                ? NoConnection.TIMED_OUT.words()
                : NoConnection.of(failure).map(NoConnection::words).orElseGet(() -> failure.getClass()
                        .getSimpleName());
    }
}
