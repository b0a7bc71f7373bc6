package io.mesosiam.scale;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The times between two events of each task. */
final class Latencies {
    private final Map<String, Long> begun = new ConcurrentHashMap<>();
    private final List<Double> millis = Collections.synchronizedList(new ArrayList<>());

    void begin(String task) {
        begun.put(task, System.nanoTime());
    }

    /** Ends the time of a task, if it has begun and not ended. */
    void end(String task) {
        Long from = begun.remove(task);
        if (from != null) {
            millis.add((System.nanoTime() - from) / 1e6);
        }
    }

    boolean isOpen(String task) {
        return begun.containsKey(task);
    }

    /** Number of tasks whose time has begun and not ended. */
    int open() {
        return begun.size();
    }

    void clear() {
        begun.clear();
        millis.clear();
    }

    @Override
    public String toString() {
        List<Double> sorted;
        synchronized (millis) {
            sorted = millis.stream().sorted().toList();
        }
        return sorted.isEmpty()
                ? "none"
                : "p50 %.1f p99 %.1f max %.1f ms (%d)"
                        .formatted(
                                sorted.get(sorted.size() / 2),
                                sorted.get((int) (sorted.size() * 0.99)),
                                sorted.getLast(),
                                sorted.size());
    }
}
