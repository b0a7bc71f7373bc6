package io.mesosiam.postgres;

import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.VertxException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import java.io.IOException;

/** Whether a failure says that the database is away, rather than that this program has a defect. */
public final class NoAnswer {
    private NoAnswer() {}

    /**
     * True if the connection failed, the time limit passed, another transaction kept a lock, or the server can't work at
     * present.
     */
    public static boolean is(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException) {
                WriteFailure kind = WriteFailure.of(cause);
                return kind == WriteFailure.AWAY || kind == WriteFailure.LOCKED;
            }
            if (cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof java.util.concurrent.TimeoutException
                    || cause instanceof VertxException
                    // of a connection that has ended: "Connection is not active now, current status: CLOSED"
                    || cause instanceof NoStackTraceThrowable) {
                return true;
            }
        }
        return false;
    }
}
