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
 * One lock, taken in the order of asking: changes under it are made one at a time, somebody can rest until one makes
 * something due, and others are told of a change once the lock is free.
 */
final class StateLock {
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final List<Runnable> afterwards = new ArrayList<>();

    <T> T read(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
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
     * Makes a change, which may make others. Calls that are put off run when the outermost change is over, on its thread, also if it fails: what
     * it changed until then stays changed.
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

    /** @param due takes what was put off, if this is the outermost change */
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

    /** Runs each, whatever the others throw; then throws the first failure, which carries the others. */
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
                // all went well
            }
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new AssertionError(first);
        }
    }

    /** Within a change: tell others so when the lock is free, since they may wait for it with a lock of their own. */
    void afterwards(Runnable tell) {
        afterwards.add(tell);
    }

    /** Waits for as long as {@code wait} says, which is asked anew after each change. */
    void rest(Supplier<Duration> wait) throws InterruptedException {
        lock.lock();
        try {
            for (Duration left = wait.get(); left.isPositive(); left = wait.get()) {
                // saturates: a time that is far away doesn't overflow
                changed.awaitNanos(TimeUnit.NANOSECONDS.convert(left));
            }
        } finally {
            lock.unlock();
        }
    }
}
