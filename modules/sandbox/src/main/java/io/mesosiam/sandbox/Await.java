package io.mesosiam.sandbox;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;

/** How long the story waits for what it tells, and how it looks meanwhile. */
final class Await {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private Await() {}

    /** Whether it is so by now. */
    interface Look {
        boolean holds() throws IOException, InterruptedException, SQLException;
    }

    /**
     * Looks again and again.
     *
     * @return how long it took
     * @throws StoryFailure if it takes longer than anybody would wait
     */
    static Duration until(String what, Look look) throws IOException, InterruptedException, SQLException, StoryFailure {
        long begun = System.nanoTime();
        while (!look.holds()) {
            if (System.nanoTime() - begun > LIMIT.toNanos()) {
                throw new StoryFailure("waited " + LIMIT.toSeconds() + " s in vain until " + what);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
