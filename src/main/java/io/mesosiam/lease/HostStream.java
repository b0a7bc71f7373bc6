package io.mesosiam.lease;

import java.util.List;

/** The stream of a host's agent, which waits for the complete state of the host. */
@FunctionalInterface
public interface HostStream {
    /**
     * Takes the complete state of the host, once. It replaces earlier deliveries to the host; later deliveries are newer. It
     * must not block, since the caller may hold a lock that deliveries need. A session in the state can be zeroed as soon as
     * it has returned.
     */
    void open(List<Delivery> state);

    /** Whether the stream has not ended. Returns at once. */
    default boolean isOpen() {
        return true;
    }
}
