package io.mesosiam.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/** Counts what peers hold at the same time. Thread-safe. */
public final class Places {
    private final int ofSource;
    private final int ofAll;

    @GuardedBy("this")
    private final Map<ConnectionSource, Integer> bySource = new HashMap<>();

    @GuardedBy("this")
    private int taken;

    /**
     * Places, all free.
     *
     * @param ofSource the most that one source may hold
     * @param ofAll the most that all may hold together
     */
    public Places(int ofSource, int ofAll) {
        this.ofSource = ofSource;
        this.ofAll = ofAll;
    }

    /** Takes a place for a source; false, and none is taken, if the source or all together hold as many as they may. */
    public synchronized boolean take(ConnectionSource source) {
        int held = bySource.getOrDefault(source, 0);
        if (held >= ofSource || taken >= ofAll) {
            return false;
        }
        bySource.put(source, held + 1);
        taken++;
        return true;
    }

    /** Gives back a place that was taken for this source. */
    public synchronized void leave(ConnectionSource source) {
        bySource.computeIfPresent(source, (_, held) -> held == 1 ? null : held - 1);
        taken--;
    }

    public synchronized int taken() {
        return taken;
    }
}
