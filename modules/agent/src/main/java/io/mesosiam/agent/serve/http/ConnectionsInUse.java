package io.mesosiam.agent.serve.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the connections that a stop waits for: their callers are looked up, or a request on them is expected, read or
 * answered.
 */
final class ConnectionsInUse {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();

    @GuardedBy("lock")
    private int connections;

    @GuardedBy("lock")
    private long lastDone = System.nanoTime();

    void begin() {
        lock.lock();
        try {
            connections++;
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            connections--;
            lastDone = System.nanoTime();
            done.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there has been none for some time.
     *
     * @param atMost the longest wait
     */
    void awaitNone(Duration quiet, Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long from = System.nanoTime();
            long until = from + atMost.toNanos();
            for (long now = from; now < until; now = System.nanoTime()) {
                long since = connections > 0 ? -1 : now - Math.max(from, lastDone);
                if (since >= quiet.toNanos()) {
                    return;
                }
                long ignored = done.awaitNanos(connections > 0 ? until - now : quiet.toNanos() - since);
            }
        } finally {
            lock.unlock();
        }
    }
}
