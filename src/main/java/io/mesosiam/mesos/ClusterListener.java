package io.mesosiam.mesos;

import java.util.Set;

/**
 * Receives every new {@link ClusterState}, in order, on one of the watch's threads. Implementations must return at
 * once.
 */
@FunctionalInterface
public interface ClusterListener {
    /**
     * Called after a newer state has replaced the previous one.
     *
     * @param touched launches whose data may have changed; a hint that can be incomplete
     */
    void changed(ClusterState state, Set<Launch> touched);
}
