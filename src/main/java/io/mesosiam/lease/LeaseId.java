package io.mesosiam.lease;

import java.util.Comparator;
import java.util.UUID;

/** The random id of a lease. It stays the same for the lease's whole life. */
public record LeaseId(UUID value) implements Comparable<LeaseId> {
    /** The order of ids as texts: {@link UUID#compareTo} compares signed numbers. */
    public static final Comparator<UUID> AS_TEXT = (one, other) -> {
        int first = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return first != 0
                ? first
                : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    };

    public static LeaseId parse(String text) {
        return new LeaseId(UUID.fromString(text));
    }

    /** The order of the texts. */
    @Override
    public int compareTo(LeaseId other) {
        return AS_TEXT.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
