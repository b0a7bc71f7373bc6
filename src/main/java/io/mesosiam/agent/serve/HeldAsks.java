package io.mesosiam.agent.serve;

import java.util.concurrent.ConcurrentHashMap;

/** Counts the asks that wait, per container: one that asks too much makes only itself wait. */
final class HeldAsks {
    private final ConcurrentHashMap<String, Integer> waiting = new ConcurrentHashMap<>();
    private final int perContainer;

    HeldAsks(int perContainer) {
        this.perContainer = perContainer;
    }

    /** Takes a place, if the container has one left; whoever got it calls {@link #leave}. */
    boolean enter(String containerId) {
        int mine = waiting.merge(containerId, 1, Integer::sum);
        if (mine > perContainer) {
            leave(containerId);
            return false;
        }
        return true;
    }

    void leave(String containerId) {
        waiting.computeIfPresent(containerId, (id, count) -> count == 1 ? null : count - 1);
    }
}
