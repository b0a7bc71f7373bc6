package io.mesosiam.lease;

import java.util.UUID;

/** The random id of a lease. It stays the same for the lease's whole life. */
public record LeaseId(UUID value) {
    public static LeaseId parse(String text) {
        return new LeaseId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
