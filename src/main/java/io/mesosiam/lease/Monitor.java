package io.mesosiam.lease;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * One lock, taken in the order of asking: changes under it are made one at a time, somebody can rest until one makes
 * something due, and others are told of a change once the lock is free.
 */
final class Monitor {
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

    /** Makes a change, which may make others; what is put off meanwhile is done when the outermost is over. */
    <T> T change(Supplier<T> change) {
        List<Runnable> tell = List.of();
        T result;
        lock.lock();
        try {
            result = change.get();
            if (lock.getHoldCount() == 1) {
                tell = List.copyOf(afterwards);
                afterwards.clear();
            }
        } finally {
            changed.signalAll();
            lock.unlock();
        }
        runAll(tell);
        return result;
    }

    /** Runs each, whatever the others throw; then throws the first failure, which carries the others. */
    private static void runAll(List<Runnable> calls) {
        Throwable first = null;
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
