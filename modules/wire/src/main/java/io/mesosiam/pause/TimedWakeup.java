package io.mesosiam.pause;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A wakeup that uses real time. */
public final class TimedWakeup implements Wakeup {
    private final Semaphore rung = new Semaphore(0);

    @Override
    public void await(Duration time) throws InterruptedException {
        if (rung.tryAcquire(TimeUnit.MILLISECONDS.convert(time), TimeUnit.MILLISECONDS)) {
            rung.drainPermits();
        }
    }

    @Override
    public void wake() {
        rung.release();
    }
}
