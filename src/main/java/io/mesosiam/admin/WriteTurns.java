package io.mesosiam.admin;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Lets only so many writing transactions run at a time that {@link #READS} connections remain for reads. Further ones wait in
 * the order of their arrival; no thread waits.
 */
final class WriteTurns {
    /** Connections that writes leave to reads: those take a short statement each. */
    private static final int READS = 2;

    private final Semaphore free;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private WriteTurns(Semaphore free) {
        this.free = free;
    }

    /** @param connections the size of the pool; one write runs at a time if reads get nothing otherwise */
    WriteTurns(int connections) {
        this(new Semaphore(Math.max(1, connections - READS)));
    }

    /** For writes of many changes, before their turns among all: half as many. */
    static WriteTurns ofMany(int connections) {
        return new WriteTurns(new Semaphore(Math.max(1, (connections - READS) / 2)));
    }

    /** Subscribes to {@code work} when its turn has come, on the event loop of the caller, which a session needs. */
    <T> Uni<T> run(Supplier<Uni<T>> work) {
        return Uni.createFrom()
                .<Void>emitter(turn -> {
                    Optional<Context> caller = Optional.ofNullable(Vertx.currentContext());
                    Runnable begin = () -> turn.complete(null);
                    waiting.add(() -> caller.ifPresentOrElse(context -> context.runOnContext(_ -> begin.run()), begin));
                    next();
                })
                .chain(_ -> work.get())
                .onTermination()
                .invoke(() -> {
                    free.release();
                    next();
                });
    }

    private void next() {
        while (!waiting.isEmpty() && free.tryAcquire()) {
            Optional.ofNullable(waiting.poll()).ifPresentOrElse(Runnable::run, free::release);
        }
    }
}
