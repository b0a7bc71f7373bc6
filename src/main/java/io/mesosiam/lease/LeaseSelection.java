package io.mesosiam.lease;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Which leases of some hosts are read from the table, and in which order: the live ones, and those of the last thousand leases
 * that ended in the whole cluster. Values are texts, {@link Long}, {@link Boolean}, {@link UUID} or {@link java.time.Instant}.
 *
 * @param policies the policies whose leases are read, beside those of all launch grants; empty for leases of all policies
 * @param equal the values that columns must have; an empty one for a column that must be unset
 * @param sort the column to sort by, unset values before all others; leases with equal values are in the order of their ids
 * @param after the lease that the first one follows
 * @param limit the most leases
 */
public record LeaseSelection(
        Set<MesosAgentId> hosts,
        Optional<Set<UUID>> policies,
        Map<Column, Optional<Comparable<?>>> equal,
        Column sort,
        boolean descending,
        Optional<Position> after,
        int limit) {
    public LeaseSelection {
        hosts = Set.copyOf(hosts);
        equal = Map.copyOf(equal);
    }

    /** A column of the table, by its name. */
    public enum Column {
        ID,
        FRAMEWORK_ID,
        TASK_ID,
        MESOS_AGENT_ID,
        LAUNCH_SEQUENCE,
        CREDENTIAL_NAME,
        IAM_ROLE_ARN,
        SESSION_NAME,
        POLICY_ID,
        GRANT_ID,
        POLICY_VERSION,
        WITNESSED,
        CONTAINER_ID,
        CREATED_AT,
        UNTIL,
        STATE,
        REASON,
        EXPIRATION,
        RENEW_AT,
        RETRY_AT
    }

    /** A place in the order: the value of the column that is sorted by, empty for an unset one, and the lease. */
    public record Position(Optional<Comparable<?>> value, LeaseId lease) {}

    /** The same leases from a later one on. */
    public LeaseSelection following(Position last) {
        return new LeaseSelection(hosts, policies, equal, sort, descending, Optional.of(last), limit);
    }
}
