package io.mesosiam.exposure;

import io.mesosiam.channel.HostExposure;
import java.util.Comparator;
import java.util.Optional;

/** The IAM role of hosts, as their agents report it. What it can assume is the same for every host that has it. */
public record HostRole(String account, String name) implements Comparable<HostRole> {
    private static final Comparator<HostRole> ORDER =
            Comparator.comparing(HostRole::account).thenComparing(HostRole::name);

    /** Empty if the host has no role, or the agent doesn't state its account: it can't try roles either. */
    static Optional<HostRole> of(HostExposure exposure) {
        return exposure.hostAccount().flatMap(account -> exposure.hostRole().map(name -> new HostRole(account, name)));
    }

    @Override
    public int compareTo(HostRole other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return account + "/" + name;
    }
}
