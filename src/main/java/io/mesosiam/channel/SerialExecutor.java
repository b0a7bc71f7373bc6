package io.mesosiam.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of one stream one at a time and in order, on virtual threads, so that they may block. If a task
 * throws, an {@link Error} too, the failure is reported and the next task runs. If no thread can be started for a task,
 * that is reported too, and the task runs together with the next added task.
 */
final class SerialExecutor {
    @GuardedBy("this")
    private final Queue<Runnable> work = new ArrayDeque<>();

    private final Consumer<Throwable> failed;
    private final Executor threads;

    @GuardedBy("this")
    private boolean running;

    /** @param failed receives what a task has thrown */
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

    void add(Runnable task) {
        try {
            enqueue(task);
        } catch (Throwable e) { // OutOfMemoryError if the system has no thread left
            report(e);
        }
    }

    private synchronized void enqueue(Runnable task) {
        work.add(task);
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
        for (Runnable task = next(); task != null; task = next()) {
            attempt(task);
        }
    }

    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable failure) {
        try {
            failed.accept(failure);
        } catch (Throwable e) {
            // the report failed too, for example for lack of memory: continue with the next task
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = work.poll();
        running = task != null;
        return task;
    }
}
