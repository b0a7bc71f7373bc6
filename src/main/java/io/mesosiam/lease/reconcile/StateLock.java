package io.mesosiam.lease.reconcile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fair lock with two additions: a thread can wait until a change makes something due, and callbacks run after the
 * lock has been released.
 */
final class StateLock {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final List<Runnable> afterwards = new ArrayList<>();

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
     * Runs a change under the lock. Changes can be nested; callbacks that were deferred with {@link #afterwards} run
     * after the outermost change has released the lock, on its thread, even if the change fails. A failed change isn't
     * rolled back.
     */
    <T> T change(Supplier<T> change) {
        List<Runnable> due = new ArrayList<>();
        T result;
        try {
            result = locked(change, due);
        } catch (RuntimeException | Error e) {
            runAll(e, due);
            throw e;
        }
        runAll(null, due);
        return result;
    }

    /** @param due receives the deferred callbacks if this is the outermost change */
    private <T> T locked(Supplier<T> change, List<Runnable> due) {
        lock.lock();
        try {
            try {
                return change.get();
            } finally {
                if (lock.getHoldCount() == 1) {
                    due.addAll(afterwards);
                    afterwards.clear();
                }
            }
        } finally {
            changed.signalAll();
            lock.unlock();
        }
    }

    /** Runs every callback even if some throw; then throws the first failure, with the others suppressed. */
    private static void runAll(@Nullable Throwable before, List<Runnable> calls) {
        Throwable first = before;
        for (Runnable call : calls) {
            try {
                call.run();
            } catch (RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        switch (first) {
            case null -> {
                // No callback failed.
            }
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new AssertionError(first);
        }
    }

    /**
     * Defers a callback until the lock has been released, because the callback may take other locks. Call it within a
     * change.
     */
    void afterwards(Runnable tell) {
        afterwards.add(tell);
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
