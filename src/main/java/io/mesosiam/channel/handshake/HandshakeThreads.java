package io.mesosiam.channel.handshake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads that compute keys and check certificates, one per core. Hundreds of handshakes run at a time, each with a task of
 * milliseconds: those of awaited connections come first, and while others wait these have every {@link HandshakeSlots#REST_SHARE}th turn.
 */
final class HandshakeThreads implements AutoCloseable {
    private final ExecutorService threads;

    @GuardedBy("this")
    private final Queue<Runnable> awaited = new ArrayDeque<>();

    @GuardedBy("this")
    private final Queue<Runnable> rest = new ArrayDeque<>();

    @GuardedBy("this")
    private int awaitedInARow;

    HandshakeThreads() {
        this(Executors.newFixedThreadPool(
                Runtime.getRuntime().availableProcessors(),
                Thread.ofPlatform().name("agent-handshake-", 0).daemon().factory()));
    }

    HandshakeThreads(ExecutorService threads) {
        this.threads = threads;
    }

    /** The tasks of one connection. */
    final class Tasks implements Executor {
        private volatile boolean awaited;

        /** Sets whether a task waits for the host at the connection's address. */
        void awaited(boolean now) {
            awaited = now;
        }

        @Override
        public void execute(Runnable task) {
            add(task, awaited);
        }
    }

    Tasks tasks() {
        return new Tasks();
    }

    private void add(Runnable task, boolean isAwaited) {
        synchronized (this) {
            (isAwaited ? awaited : rest).add(task);
        }
        threads.execute(() -> next().ifPresent(Runnable::run));
    }

    private synchronized Optional<Runnable> next() {
        boolean first = !awaited.isEmpty() && (rest.isEmpty() || awaitedInARow < HandshakeSlots.REST_SHARE - 1);
        awaitedInARow = first && !rest.isEmpty() ? awaitedInARow + 1 : 0;
        return Optional.ofNullable(first ? awaited.poll() : rest.poll());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
