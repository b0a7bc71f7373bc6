package io.mesosiam.lease;

import io.vertx.pgclient.PgException;
import java.time.DateTimeException;
import java.util.stream.Stream;

/** Why the database did not take a write: four cases with different cures. */
public enum WriteFailure {
    /** A value breaks a constraint or can't be encoded: a retry fails too, and other values are not affected. */
    DATA("the database refuses the data"),

    /** The database user may not do it: an operator grants the right, then a retry succeeds. */
    FORBIDDEN("the database user lacks a right or can't sign in"),

    /** Another transaction has locked what the write needs: a retry succeeds once it has ended. */
    LOCKED("another transaction has locked a row or a table"),

    /** The database did not answer, or can't work now: a retry succeeds later. */
    AWAY("the database is away");

    private final String words;

    WriteFailure(String words) {
        this.words = words;
    }

    public static WriteFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return ofState(String.valueOf(refused.getSqlState()));
            }
            // thrown by the client before it sends anything
            if (cause instanceof IllegalArgumentException
                    || cause instanceof ClassCastException
                    || cause instanceof DateTimeException
                    || cause instanceof ArithmeticException) {
                return DATA;
            }
        }
        return AWAY;
    }

    /**
     * By appendix A of the PostgreSQL manual: 22 data, 23 constraints, 44 check option of a view, 54 a row or an index entry
     * that is too large, P0 raised by a trigger of the site; 28 sign-in, 42501 rights; 55P03 a lock that is not free in time.
     */
    private static WriteFailure ofState(String state) {
        if (Stream.of("22", "23", "44", "54", "P0").anyMatch(state::startsWith)) {
            return DATA;
        }
        if (state.equals("55P03")) {
            return LOCKED;
        }
        return state.startsWith("28") || state.equals("42501") ? FORBIDDEN : AWAY;
    }

    /** Whether the database user signed in and lacks a right on a table. */
    public static boolean lacksRight(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return "42501".equals(refused.getSqlState());
            }
        }
        return false;
    }

    /** What happened, for a log line. */
    public String words() {
        return words;
    }
}
