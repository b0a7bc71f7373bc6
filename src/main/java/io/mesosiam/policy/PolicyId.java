package io.mesosiam.policy;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The id of a policy row, with the version of the row that was read, or of a launch grant, which leases and audit events
 * record. Two ids are equal if they are of the same row, in any version.
 *
 * @param version empty if it isn't known: the id is from a lease that was written before rows had versions; or if it is of a
 *     grant
 * @param grant whether it is the id of a launch grant
 */
public record PolicyId(UUID value, OptionalLong version, boolean grant) {
    public PolicyId(UUID value, OptionalLong version) {
        this(value, version, false);
    }

    public PolicyId(UUID value) {
        this(value, OptionalLong.empty());
    }

    /** The id of a launch grant. */
    public static PolicyId ofGrant(UUID value) {
        return new PolicyId(value, OptionalLong.empty(), true);
    }

    /** The id, if it is that of a policy. */
    public Optional<UUID> policyRow() {
        return grant ? Optional.empty() : Optional.of(value);
    }

    /** The id, if it is that of a grant. */
    public Optional<UUID> grantRow() {
        return grant ? Optional.of(value) : Optional.empty();
    }

    /** Whether both are of the same version of the same row. */
    public boolean isSameVersionAs(PolicyId other) {
        return equals(other) && version.equals(other.version);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PolicyId policy && value.equals(policy.value) && grant == policy.grant;
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
