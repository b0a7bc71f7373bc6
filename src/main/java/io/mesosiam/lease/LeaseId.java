package io.mesosiam.lease;

import java.util.UUID;

/** A lease's id, random, the same for as long as the lease lives. */
public record LeaseId(UUID value) {
    public static LeaseId parse(String text) {
        return new LeaseId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
