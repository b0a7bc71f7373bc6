package io.mesosiam.controller;

import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.WatchHealth;
import io.mesosiam.mesos.master.ClusterWatch;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells the reconciler whether a master answers; while none does, no new lease is made. */
@Singleton
final class MasterPresence implements AutoCloseable {
    private static final long LOOK_EVERY_MILLIS = 500;

    private final ClusterWatch watch;
    private final Reconciler reconciler;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("master-presence").factory());

    private boolean answered = true;
    private final Loop loop = new Loop("master-presence");
    private volatile @Nullable Future<?> looking;

    @Inject
    MasterPresence(ClusterWatch watch, Reconciler reconciler) {
        this.watch = watch;
        this.reconciler = reconciler;
    }

    void start() {
        looking = looks.scheduleWithFixedDelay(
                loop.guard(this::look), LOOK_EVERY_MILLIS, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    Loop loop() {
        return loop;
    }

    private void look() {
        boolean answers = watch.health().source() != WatchHealth.Source.NONE;
        if (answers != answered) {
            reconciler.masters(answers);
            // only now: a turn that failed is made up for by the next
            answered = answers;
        }
    }

    @Override
    public void close() {
        Future<?> started = looking;
        if (started != null) {
            started.cancel(true);
        }
        looks.shutdownNow();
    }
}
