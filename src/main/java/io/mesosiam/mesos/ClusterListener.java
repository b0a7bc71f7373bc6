package io.mesosiam.mesos;

import java.util.Set;

/** Told of every new {@link ClusterState}, in order, by the watch's own thread; must return at once. */
@FunctionalInterface
public interface ClusterListener {
    /**
     * The state was replaced by a newer one.
     *
     * @param touched the launches that may read differently now; a hint, never the only word about them
     */
    void changed(ClusterState state, Set<Launch> touched);
}
