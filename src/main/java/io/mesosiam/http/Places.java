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
    public boolean take(ConnectionSource source) {
        return take(source, 1);
    }

    /** Takes several places for a source; false, and none is taken, if not all of them are free. */
    public synchronized boolean take(ConnectionSource source, int places) {
        int held = bySource.getOrDefault(source, 0);
        if (held + places > ofSource || taken + places > ofAll) {
            return false;
        }
        bySource.put(source, held + places);
        taken += places;
        return true;
    }

    /** Gives back a place that was taken for this source. */
    public void leave(ConnectionSource source) {
        leave(source, 1);
    }

    /** Gives back places that were taken for this source. */
    public synchronized void leave(ConnectionSource source, int places) {
        bySource.computeIfPresent(source, (_, held) -> held == places ? null : held - places);
        taken -= places;
    }

    public synchronized int taken() {
        return taken;
    }
}
