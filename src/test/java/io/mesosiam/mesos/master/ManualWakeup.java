package io.mesosiam.mesos.master;

import io.mesosiam.fakes.TimeLimit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** An alarm that only a test rings, once it has seen that somebody waits for it. */
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
    public void ring() {
        rung.release();
    }

    /** For how long the alarm was set, waiting for that to happen. */
    Duration armed() throws InterruptedException {
        return Optional.ofNullable(armed.poll(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("nobody waits for the alarm"));
    }
}
