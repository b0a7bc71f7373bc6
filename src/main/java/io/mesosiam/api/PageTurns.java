package io.mesosiam.api;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Makes one page of a list in memory at a time, or one other answer that examines many policies or tasks. Requests share the
 * threads that run virtual threads, one for each core, with the reconciler, the journal and the agents' streams, and a page uses
 * such a thread for tens of milliseconds, a filter over all tasks for a second. Without turns, a few callers use all cores, and
 * leases wait behind their pages; and what many answers are made of is in memory at once.
 */
@Singleton
public final class PageTurns {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Semaphore turn = new Semaphore(1, true);
    private final Duration limit;

    public PageTurns() {
        this(LIMIT);
    }

    PageTurns(Duration limit) {
        this.limit = limit;
    }

    /**
     * Makes a page once those that were requested before are made.
     *
     * @param page must not block in the turns of lists
     * @throws ProblemException {@code unavailable} if its turn has not come in time
     */
    public <T> T take(Supplier<T> page) {
        try {
            if (!turn.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ProblemException(
                        ProblemCode.UNAVAILABLE, "too many lists or explanations are requested at once; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ProblemCode.UNAVAILABLE, "the controller stops");
        }
        try {
            return page.get();
        } finally {
            turn.release();
        }
    }
}
