package io.mesosiam.lease.reconcile;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fair lock around a state, with one thread that can wait until a change makes something due. Each change publishes a
 * snapshot, which any thread reads without the lock.
 */
final class StateLock<S> {
    /** How many changes that were left run in one hold of the lock. */
    private static final int BATCH = 64;

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Queue<Runnable> left = new ConcurrentLinkedQueue<>();
    private final Supplier<S> snapshot;
    private volatile S published;
    private volatile @Nullable Thread resting;

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
            runLeft();
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
            unlockChanged();
            runLeft();
        }
    }

    /**
     * Runs a change without waiting for others: now if the lock is free, otherwise when the thread that holds it has
     * finished, on that thread. Such changes run in the order in which they were left. A thread that waits for a fair lock
     * receives it before it runs: it may have to wait for a processor, and until then no other thread can use the lock.
     *
     * @param change must not throw
     */
    void leave(Runnable change) {
        left.add(change);
        runLeft();
    }

    /**
     * Each thread calls this after it has released the lock, so that no change is left while the lock is free. After each
     * batch, the threads that wait for the lock have their turn: the last one of them runs what is left.
     */
    private void runLeft() {
        boolean isTurn = true;
        while (isTurn && !left.isEmpty() && !lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                Runnable next = left.poll();
                for (int ran = 1; next != null; ran++) {
                    next.run();
                    next = ran < BATCH ? left.poll() : null;
                }
            } finally {
                unlockChanged();
            }
            isTurn = !lock.hasQueuedThreads();
        }
    }

    private void unlockChanged() {
        boolean outermost = lock.getHoldCount() == 1;
        if (outermost) {
            published = snapshot.get();
        }
        lock.unlock();
        if (outermost) {
            LockSupport.unpark(resting);
        }
    }

    /**
     * Waits for the time that {@code wait} returns; {@code wait} is called again after each change. Only one thread at a
     * time may wait.
     */
    void rest(Supplier<Duration> wait) throws InterruptedException {
        resting = Thread.currentThread();
        try {
            for (Duration time = read(wait); time.isPositive(); time = read(wait)) {
                // The conversion saturates, so that a distant time doesn't overflow. A change since the reading ends
                // it.
                LockSupport.parkNanos(this, TimeUnit.NANOSECONDS.convert(time));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        } finally {
            resting = null;
        }
    }
}
