package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.MesosAgentId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The latest claims of the hosts of a batch, whose rows the transaction has locked until it ends, so that a concurrent
 * claim waits for the transaction. Rows that another transaction has locked are detected without waiting for them.
 *
 * @param locked hosts of which another transaction has locked a row: the host's own, or a lease's
 * @param ended the leases of the batch whose rows have ended
 */
record HostClaims(Map<MesosAgentId, Claim> byHost, Set<MesosAgentId> locked, Set<LeaseId> ended) {
    private static final String EPOCHS = """
            with free as materialized (
                select mesos_agent_id, epoch, controller_id from agent
                where mesos_agent_id::text = any ($1::text[]) order by mesos_agent_id for share skip locked
            )
            select agent.mesos_agent_id::text, free.epoch, free.controller_id from agent
            left join free on free.mesos_agent_id = agent.mesos_agent_id
            where agent.mesos_agent_id::text = any ($1::text[])""";

    /** The leases whose rows are locked or have ended. */
    private static final String UNCHANGEABLE_LEASES = """
            with free as materialized (
                select id, state from lease where id = any ($1) for no key update skip locked
            )
            select lease.id, free.id is null as locked from lease left join free on free.id = lease.id
            where lease.id = any ($1) and (free.id is null or free.state = 'reaped')""";

    HostClaims {
        byHost = Map.copyOf(byHost);
        locked = Set.copyOf(locked);
        ended = Set.copyOf(ended);
    }

    /**
     * The latest claim of a host.
     *
     * @param controllerId the controller that made it; empty if the row names none
     */
    record Claim(long epoch, Optional<String> controllerId) {}

    /** Locks the hosts whose epochs decide whether the entries are valid, and reads their claims. */
    static Uni<HostClaims> lock(SqlConnection connection, List<QueuedEntry> entries) {
        String[] hosts = entries.stream()
                .flatMap(entry -> entry.fencedBy().stream())
                .map(MesosAgentId::value)
                .distinct()
                .toArray(String[]::new);
        return connection.preparedQuery(EPOCHS).execute(Tuple.of(hosts)).map(rows -> {
            Map<MesosAgentId, Claim> byHost = new HashMap<>();
            Set<MesosAgentId> locked = new HashSet<>();
            rows.forEach(row -> {
                MesosAgentId host = new MesosAgentId(row.getString("mesos_agent_id"));
                @Nullable Long epoch = row.getLong("epoch");
                if (epoch == null) {
                    locked.add(host);
                } else {
                    byHost.put(host, new Claim(epoch, Optional.ofNullable(row.getString("controller_id"))));
                }
            });
            return new HostClaims(byHost, locked, Set.of());
        });
    }

    /**
     * Locks the rows of the leases that the entries change.
     *
     * @return these claims, with the leases that have ended; the hosts of leases whose rows another transaction has locked count
     *     as locked too
     */
    Uni<HostClaims> lockLeases(SqlConnection connection, List<QueuedEntry> entries) {
        Map<UUID, MesosAgentId> hosts = new HashMap<>();
        entries.stream().filter(entry -> !locked.contains(entry.host())).forEach(entry -> entry.lease()
                .ifPresent(id -> hosts.put(id.value(), entry.host())));
        if (hosts.isEmpty()) {
            return Uni.createFrom().item(this);
        }
        UUID[] ids = hosts.keySet().toArray(UUID[]::new);
        return connection
                .preparedQuery(UNCHANGEABLE_LEASES)
                .execute(Tuple.of(ids))
                .map(rows -> {
                    Set<MesosAgentId> all = new HashSet<>(locked);
                    Set<LeaseId> over = new HashSet<>();
                    rows.forEach(row -> {
                        UUID id = row.getUUID("id");
                        boolean _ = row.getBoolean("locked")
                                ? all.add(Objects.requireNonNull(hosts.get(id)))
                                : over.add(new LeaseId(id));
                    });
                    return new HostClaims(byHost, all, over);
                });
    }

    /** Returns the host's latest claim; empty if the host has no row, or its row is locked or was not asked for. */
    Optional<Claim> of(MesosAgentId host) {
        return Optional.ofNullable(byHost.get(host));
    }

    /** The epoch of a host with a valid entry. */
    long epoch(MesosAgentId host) {
        return Objects.requireNonNull(byHost.get(host)).epoch;
    }
}
