package io.mesosiam.postgres;

import io.vertx.pgclient.PgException;
import java.time.DateTimeException;
import java.util.stream.Stream;

/** Why the database did not accept a write: four cases that need different reactions. */
public enum WriteFailure {
    /** A value violates a constraint or can't be encoded. A retry fails too; other entries are not affected. */
    DATA("the database refuses the data"),

    /** The database user lacks the right. A retry succeeds after an operator grants it. */
    FORBIDDEN("the database user lacks a right or can't sign in"),

    /** Another transaction has locked a row or a table that the write needs. A retry succeeds after it has ended. */
    LOCKED("another transaction has locked a row or a table"),

    /** A table, column or function is missing or different. A retry succeeds after an operator corrects the schema. */
    SCHEMA("the database's schema is not this controller's"),

    /** The database did not answer or can't work now. A retry succeeds later. */
    AWAY("the database is away");

    /** SQLSTATE lock_not_available: a statement waited for a lock for too long. */
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    private final String text;

    WriteFailure(String text) {
        this.text = text;
    }

    public static WriteFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return ofState(String.valueOf(refused.getSqlState()));
            }
            // The client throws these before it sends anything.
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
     * Maps SQLSTATE codes, appendix A of the PostgreSQL manual. Classes: 22 data, 23 constraints, 44 check option of a
     * view, 54 row or index entry too large, P0 raised by a site's trigger, 28 sign-in, 42 what a statement names. Codes:
     * 42501 missing right.
     */
    private static WriteFailure ofState(String state) {
        if (Stream.of("22", "23", "44", "54", "P0").anyMatch(state::startsWith)) {
            return DATA;
        }
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return LOCKED;
        }
        if (state.startsWith("28") || state.equals("42501")) {
            return FORBIDDEN;
        }
        return state.startsWith("42") ? SCHEMA : AWAY;
    }

    /** Whether the database user signed in but lacks a right on a table. */
    public static boolean lacksRight(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return "42501".equals(refused.getSqlState());
            }
        }
        return false;
    }

    /** A description of the failure, for log lines. */
    public String text() {
        return text;
    }
}
