package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.ReportedContainer;
import java.util.Map;

/**
 * The memory that one host's reports use in this controller.
 *
 * @param containers number of containers that the host reports as running
 * @param characters total length of their ids and those of their executors, in characters
 */
public record HostLoad(int containers, long characters) {
    /** The load of these containers. */
    public static HostLoad of(Map<ContainerId, ReportedContainer> containers) {
        return new HostLoad(
                containers.size(),
                containers.entrySet().stream()
                        .mapToLong(each -> characters(each.getKey(), each.getValue()))
                        .sum());
    }

    public static long characters(ContainerId container, ReportedContainer reported) {
        long ofExecutor = reported.executor()
                .map(executor -> (long) executor.framework().value().length()
                        + executor.id().length())
                .orElse(0L);
        return container.toString().length() + ofExecutor;
    }
}
