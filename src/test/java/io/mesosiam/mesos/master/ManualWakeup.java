package io.mesosiam.mesos.master;

import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.pause.Wakeup;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A wakeup that a test triggers after a thread has begun to wait. */
final class ManualWakeup implements Wakeup {
    private final LinkedBlockingQueue<Duration> armed = new LinkedBlockingQueue<>();
    private final Semaphore rung = new Semaphore(0);

    @Override
    public void await(Duration time) throws InterruptedException {
        armed.add(time);
        rung.acquire();
        rung.drainPermits();
    }

    @Override
    public void wake() {
        rung.release();
    }

    /** Blocks until a thread waits, and returns for how long. */
    Duration armed() throws InterruptedException {
        return Optional.ofNullable(armed.poll(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("no thread waits"));
    }
}
