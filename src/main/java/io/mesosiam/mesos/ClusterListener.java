package io.mesosiam.mesos;

import java.util.Set;

/** Told of every new {@link ClusterState}, in order, by the watch's own thread; must return at once. */
@FunctionalInterface
public interface ClusterListener {
    /** @param touched the launches that may read differently now; a hint, never the only word about them */
    void changed(ClusterState state, Set<Launch> touched);
}
