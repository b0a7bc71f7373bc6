package io.mesosiam.agent.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Suppresses frequent lines. Of the lines about one matter, a few pass in each minute; the first of the next minute has
 * the number of suppressed ones. So a task that continues to send requests after its end does not fill the disk.
 */
final class AuditWindow {
    private static final long WINDOW = Duration.ofMinutes(1).toNanos();
    private static final int LINES = 8;
    private static final int MATTERS = 1024;
    /** The shared matter of all those beyond the limit on stored matters. */
    private static final String OTHERS = "";

    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private final Map<String, Window> windows = new HashMap<>();

    /** @param nanoTime a monotonic clock such as {@link System#nanoTime} */
    AuditWindow(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private static final class Window {
        private final long start;
        private long lines = 1;

        Window(long start) {
            this.start = start;
        }
    }

    /**
     * The number of lines about the matter that were suppressed before this one; empty if this one is suppressed too.
     */
    synchronized OptionalLong pass(String matter) {
        long now = nanoTime.getAsLong();
        String key = windows.containsKey(matter) || place(now) ? matter : OTHERS;
        Window window = windows.get(key);
        if (window == null || over(window, now)) {
            windows.put(key, new Window(now));
            return OptionalLong.of(window == null ? 0 : Math.max(0, window.lines - LINES));
        }
        window.lines++;
        return window.lines <= LINES ? OptionalLong.of(0) : OptionalLong.empty();
    }

    @GuardedBy("this")
    private boolean place(long now) {
        if (windows.size() >= MATTERS) {
            windows.values().removeIf(window -> over(window, now));
        }
        return windows.size() < MATTERS;
    }

    private static boolean over(Window window, long now) {
        return now - window.start >= WINDOW;
    }
}
