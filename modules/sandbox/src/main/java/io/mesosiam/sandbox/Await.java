package io.mesosiam.sandbox;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** Waits for conditions of the story. */
final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

    private Await() {}

    /** Whether the condition holds now. */
    interface Condition {
        boolean holds() throws IOException, InterruptedException, SQLException;
    }

    /**
     * Polls until the condition holds.
     *
     * @return the time that it took
     * @throws StoryFailure if the condition does not hold within {@link #LIMIT}
     */
    static Duration until(String what, Condition look)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        return until(what, LIMIT, look);
    }

    /** The same with a limit of its own. */
    static Duration until(String what, Duration limit, Condition look)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        long begun = System.nanoTime();
        while (!look.holds()) {
            if (System.nanoTime() - begun > limit.toNanos()) {
                throw new StoryFailure("waited " + limit.toSeconds() + " s without success until " + what);
            }
            Thread.sleep(POLL_INTERVAL);
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
