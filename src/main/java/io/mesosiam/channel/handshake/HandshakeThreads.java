package io.mesosiam.channel.handshake;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.turns.FourthTurn;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads that compute keys and check certificates, one per core. Hundreds of handshakes run at a time, each with a task of
 * milliseconds: those of awaited connections come first, and while others wait these have every fourth turn.
 */
final class HandshakeThreads implements AutoCloseable {
    private final ExecutorService threads;

    @GuardedBy("this")
    private final Queue<Runnable> awaited = new ArrayDeque<>();

    @GuardedBy("this")
    private final Queue<Runnable> rest = new ArrayDeque<>();

    @GuardedBy("this")
    private final FourthTurn turns = new FourthTurn();

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
        boolean first = turns.isUrgent(!awaited.isEmpty(), !rest.isEmpty());
        turns.taken(first, !rest.isEmpty());
        return Optional.ofNullable(first ? awaited.poll() : rest.poll());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
