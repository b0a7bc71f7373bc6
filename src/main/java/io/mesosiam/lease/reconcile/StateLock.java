package io.mesosiam.lease.reconcile;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A fair lock around a state, under which a thread can wait until a change makes something due. Each change publishes a
 * snapshot, which any thread reads without the lock.
 */
final class StateLock<S> {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Supplier<S> snapshot;
    private volatile S published;

    /** @param snapshot makes an immutable snapshot of the state, under the lock; it must be cheap */
    StateLock(Supplier<S> snapshot) {
        this.snapshot = snapshot;
        this.published = snapshot.get();
    }

    /** The snapshot of the last change, also of a failed one. */
    S published() {
        return published;
    }

    <T> T read(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    void change(Runnable change) {
        change(() -> {
            change.run();
            return true;
        });
    }

    /**
     * Runs a change under the lock. Changes can be nested; the snapshot is taken at the end of the outermost one. A
     * failed change isn't rolled back.
     */
    <T> T change(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            if (lock.getHoldCount() == 1) {
                published = snapshot.get();
            }
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Waits for the time that {@code wait} returns; {@code wait} is called again after each change. */
    void rest(Supplier<Duration> wait) throws InterruptedException {
        lock.lock();
        try {
            for (Duration left = wait.get(); left.isPositive(); left = wait.get()) {
                // The conversion saturates, so that a distant time doesn't overflow.
                changed.awaitNanos(TimeUnit.NANOSECONDS.convert(left));
            }
        } finally {
            lock.unlock();
        }
    }
}
