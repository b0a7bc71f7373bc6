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
     * @return ended launches that the listener no longer needs; the watch removes them from the state
     */
    Set<Launch> changed(ClusterState state, Set<Launch> touched);
}
