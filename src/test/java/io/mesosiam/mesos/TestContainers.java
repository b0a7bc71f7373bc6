package io.mesosiam.mesos;

import java.util.Optional;

/** Containers as agents report them. */
public final class TestContainers {
    private TestContainers() {}

    /** A container that started then, in clock ticks since the host's boot; which executor's it is isn't known. */
    public static ReportedContainer since(long ticks) {
        return new ReportedContainer(ticks, Optional.empty());
    }
}
