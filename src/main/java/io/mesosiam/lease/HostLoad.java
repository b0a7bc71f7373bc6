package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import java.util.Collection;

/**
 * How much the reports of one host make this controller remember.
 *
 * @param containers containers that the host reports as running
 * @param characters the length of all their ids
 */
public record HostLoad(int containers, long characters) {
    /** The load that these containers are. */
    public static HostLoad of(Collection<ContainerId> containers) {
        return new HostLoad(
                containers.size(),
                containers.stream().mapToLong(HostLoad::characters).sum());
    }

    public static long characters(ContainerId container) {
        return container.toString().length();
    }
}
