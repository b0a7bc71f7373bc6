package io.mesosiam.enrol;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Limits how much work is done at a time. Work waits for its turn in the order of its requests, and gives it back when it ends,
 * fails or is cancelled, also if it is cancelled while it waits.
 */
final class Turns {
    private final Semaphore free;
    private final Duration within;
    private final Executor waiting;

    /**
     * @param within how long work waits for its turn
     * @param waiting runs the waits, which block
     */
    Turns(int atATime, Duration within, Executor waiting) {
        this.free = new Semaphore(atATime, true);
        this.within = within;
        this.waiting = waiting;
    }

    /** The outcome of the work, or the other one if it did not get its turn in time. */
    <T> Uni<T> run(Supplier<Uni<T>> work, Supplier<T> late) {
        return Uni.createFrom().deferred(() -> {
            Turn turn = new Turn();
            return Uni.createFrom()
                    .item(turn::take)
                    .runSubscriptionOn(waiting)
                    .chain(taken -> taken ? work.get() : Uni.createFrom().item(late))
                    .onTermination()
                    .invoke(turn::end);
        });
    }

    /** Number of turns that are free. */
    int free() {
        return free.availablePermits();
    }

    /** Whether work waits for its turn. */
    boolean isAwaited() {
        return free.hasQueuedThreads();
    }

    private final class Turn {
        @GuardedBy("this")
        private boolean taken;

        @GuardedBy("this")
        private boolean ended;

        boolean take() {
            try {
                if (!free.tryAcquire(within.toMillis(), TimeUnit.MILLISECONDS)) {
                    return false;
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("the controller stops", e);
            }
            synchronized (this) {
                taken = !ended;
                if (taken) {
                    return true;
                }
            }
            free.release();
            return false;
        }

        synchronized void end() {
            ended = true;
            if (taken) {
                taken = false;
                free.release();
            }
        }
    }
}
