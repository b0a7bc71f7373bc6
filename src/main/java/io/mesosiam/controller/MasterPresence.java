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

/** Reports to the reconciler whether a master answers; while none does, no new lease is issued. */
@Singleton
final class MasterPresence implements AutoCloseable {
    private static final long CHECK_INTERVAL_MILLIS = 500;

    private final ClusterWatch watch;
    private final Reconciler reconciler;
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("master-presence").factory());

    private boolean answered = true;
    private final Loop loop = new Loop("master-presence");
    private volatile @Nullable Future<?> checking;

    @Inject
    MasterPresence(ClusterWatch watch, Reconciler reconciler) {
        this.watch = watch;
        this.reconciler = reconciler;
    }

    void start() {
        checking = checks.scheduleWithFixedDelay(
                loop.guard(this::check), CHECK_INTERVAL_MILLIS, CHECK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    Loop loop() {
        return loop;
    }

    private void check() {
        boolean answers = watch.health().source() != WatchHealth.Source.NONE;
        if (answers != answered) {
            reconciler.masters(answers);
            // set last, so that the next iteration repeats a failed one
            answered = answers;
        }
    }

    @Override
    public void close() {
        Future<?> started = checking;
        if (started != null) {
            started.cancel(true);
        }
        checks.shutdownNow();
    }
}
