package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import java.util.Collection;

/**
 * The memory that one host's reports use in this controller.
 *
 * @param containers number of containers that the host reports as running
 * @param characters total length of their ids, in characters
 */
public record HostLoad(int containers, long characters) {
    /** The load of these containers. */
    public static HostLoad of(Collection<ContainerId> containers) {
        return new HostLoad(
                containers.size(),
                containers.stream().mapToLong(HostLoad::characters).sum());
    }

    public static long characters(ContainerId container) {
        return container.toString().length();
    }
}
