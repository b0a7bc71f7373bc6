package io.mesosiam.api.stream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The open streams, watches and exports of the audit trail: their number is bounded, for each caller and in all. They end
 * when the controller stops.
 */
@Singleton
public final class OpenStreams {
    /** The maximum for one caller. */
    public static final int PER_CALLER = 8;

    /** The maximum for all callers together. */
    public static final int IN_ALL = 200;

    /** When a caller that reaches a limit can try again. */
    public static final int RETRY_SECONDS = 30;

    /** The limits, for a caller that reaches one of them. */
    public static final String LIMITS = "a caller can have " + PER_CALLER + " streams open, all callers together "
            + IN_ALL + ": close one, or try again after " + RETRY_SECONDS + " s";

    private final CountDownLatch stopping = new CountDownLatch(1);

    @GuardedBy("this")
    private final Map<String, Integer> byCaller = new HashMap<>();

    @GuardedBy("this")
    private int all;

    /** Counts a stream that opens, unless there are too many. */
    public synchronized boolean open(String caller) {
        int own = byCaller.getOrDefault(caller, 0);
        if (all >= IN_ALL || own >= PER_CALLER) {
            return false;
        }
        all++;
        byCaller.put(caller, own + 1);
        return true;
    }

    public synchronized void closed(String caller) {
        all--;
        byCaller.computeIfPresent(caller, (_, own) -> own == 1 ? null : own - 1);
    }

    /** Waits; returns early, with true, if the controller stops. */
    public boolean stopsWithin(Duration time) throws InterruptedException {
        return stopping.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void stop(@Observes ShutdownEvent stop) {
        stopping.countDown();
    }
}
