package io.mesosiam.policy;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * The id of a policy row, with the version of the row that was read, which leases and audit events record. Two ids are equal
 * if they are of the same row, in any version.
 *
 * @param version empty if it isn't known: the id is from a lease that was written before rows had versions
 */
public record PolicyId(UUID value, OptionalLong version) {
    public PolicyId(UUID value) {
        this(value, OptionalLong.empty());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PolicyId policy && value.equals(policy.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
