package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.ContainerShare;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many new containers are accepted of one outermost container: {@value #PER_SECOND} a second, and {@value #AT_ONCE}
 * after a pause. They are those nested in it, and itself, each time that its first process is another one. Each is reported
 * to the controllers when it starts and when it ends. Without a bound the processes of one container, which move between
 * its cgroup and others, use up what a controller reads of this host, and the reports and asks of its other containers
 * wait.
 *
 * <p>Stored for each as the time at which it may have all of them at once again, as long as that is to come. Not
 * thread-safe.
 */
final class ContainerStarts {
    /** As many as may run, and as many others after them. */
    static final int AT_ONCE = 2 * ContainerShare.MAX_NESTED;

    static final int PER_SECOND = 10;

    private static final long NANOS_EACH = Duration.ofSeconds(1).toNanos() / PER_SECOND;

    private final Map<String, Long> fullAt = new HashMap<>();
    private final LongSupplier nanoTime;

    /** @param nanoTime a monotonic clock such as {@link System#nanoTime} */
    ContainerStarts(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Accepts another one; false if there have been too many. */
    boolean accepts(String outermost) {
        long now = nanoTime.getAsLong();
        long before = fullAt.getOrDefault(outermost, now);
        long after = (before - now > 0 ? before : now) + NANOS_EACH;
        if (after - now > AT_ONCE * NANOS_EACH) {
            return false;
        }
        fullAt.put(outermost, after);
        return true;
    }

    /** Forgets those that may have all of them at once. */
    void forgetFull() {
        long now = nanoTime.getAsLong();
        fullAt.values().removeIf(at -> at - now <= 0);
    }
}
