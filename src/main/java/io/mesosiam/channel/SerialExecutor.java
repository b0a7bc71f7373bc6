package io.mesosiam.channel;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The work of one stream: one piece at a time, in order, on virtual threads, so that it may wait. A piece that fails in a way
 * that no code expects, by an {@link Error} too, is reported, and the next one runs.
 * A piece for which no thread can be started is reported too, and runs with the next one that is added.
 */
final class SerialExecutor {
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final Consumer<Throwable> failed;
    private final Executor threads;
    private boolean running;

    /** @param failed what a piece has thrown */
    SerialExecutor(Consumer<Throwable> failed) {
        this(failed, run -> {
            Thread unused = Thread.ofVirtual().name("agent-stream").start(run);
        });
    }

    /** @param threads runs each task on a thread of its own */
    SerialExecutor(Consumer<Throwable> failed, Executor threads) {
        this.failed = failed;
        this.threads = threads;
    }

    void add(Runnable piece) {
        try {
            enqueue(piece);
        } catch (Throwable e) { // OutOfMemoryError where the system has no thread left
            report(e);
        }
    }

    private synchronized void enqueue(Runnable piece) {
        work.add(piece);
        if (!running) {
            boolean started = false;
            running = true;
            try {
                threads.execute(this::run);
                started = true;
            } finally {
                running = started;
            }
        }
    }

    private void run() {
        for (Runnable piece = next(); piece != null; piece = next()) {
            attempt(piece);
        }
    }

    private void attempt(Runnable piece) {
        try {
            piece.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable failure) {
        try {
            failed.accept(failure);
        } catch (Throwable e) {
            // to report it failed too, as with too little memory: the next piece runs all the same
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable piece = work.poll();
        running = piece != null;
        return piece;
    }
}
