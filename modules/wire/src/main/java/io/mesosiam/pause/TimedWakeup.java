package io.mesosiam.pause;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A wakeup that uses real time. */
public final class TimedWakeup implements Wakeup {
    private final Semaphore rung = new Semaphore(0);

    @Override
    public void await(Duration time) throws InterruptedException {
        boolean cutShort = rung.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS);
        if (cutShort) {
            rung.drainPermits();
        }
    }

    @Override
    public void wake() {
        rung.release();
    }
}
