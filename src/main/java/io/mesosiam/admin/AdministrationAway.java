package io.mesosiam.admin;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.hibernate.JDBCException;

/** The database of the administration did not answer, or refuses its user. The same request can succeed later. */
public final class AdministrationAway extends RuntimeException {
    /** SQLSTATE classes: connection, sign-in, resources, operator intervention. */
    private static final String[] STATES = {"08", "28", "53", "57"};

    /** A statement waited for a lock for too long. */
    private static final String LOCKED = "55P03";

    /** The message of Vert.x's pool if no connection became free in time; its class is none of Vert.x's API. */
    private static final String POOL_TIMEOUT = "Timeout";

    /** What is known of the request's change. */
    enum Outcome {
        UNCHANGED("nothing has changed"),
        UNKNOWN("it is not known whether the change is stored: read the object before you repeat the request");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }
    }

    AdministrationAway(String why, Outcome outcome) {
        super(why + "; " + outcome.text);
    }

    AdministrationAway(String why, Outcome outcome, Throwable cause) {
        super(why + "; " + outcome.text, cause);
    }

    /** For a request that changes nothing. */
    AdministrationAway(Throwable cause) {
        super("the database is not available", cause);
    }

    /** Whether a failure says that the database is away, rather than that a request is wrong. */
    static boolean is(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return isAway(String.valueOf(refused.getSqlState()));
            }
            if (cause instanceof JDBCException refused && refused.getSQLState() != null) {
                return isAway(refused.getSQLState());
            }
            if (cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof VertxException
                    || POOL_TIMEOUT.equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a statement waited for a lock of another transaction for too long. */
    static boolean isLocked(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException refused) {
                return LOCKED.equals(refused.getSqlState());
            }
            if (cause instanceof JDBCException refused && refused.getSQLState() != null) {
                return LOCKED.equals(refused.getSQLState());
            }
        }
        return false;
    }

    private static boolean isAway(String state) {
        return Stream.of(STATES).anyMatch(state::startsWith);
    }
}
