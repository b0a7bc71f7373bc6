package io.mesosiam.admin.withdrawal;

import io.mesosiam.ownership.ServedHosts;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/**
 * The leases that a withdrawal covers and that have a session on a host without a controller: its agent may serve them until it
 * connects again, or the session expires.
 *
 * @param leases their number
 * @param hosts number of the hosts
 * @param hostnames the names of {@link #MOST_NAMES} of them at most; of a host that never connected, the id of its Mesos agent
 * @param until when the last of these sessions expires; empty if there is none
 */
public record EndedLater(long leases, long hosts, List<String> hostnames, Optional<Instant> until) {
    public static final int MOST_NAMES = 10;

    private static final String FIND = "with " + ServedHosts.CONNECTED + """
            , later as (
                select coalesce(agent.hostname, lease.mesos_agent_id) as hostname, lease.expiration
                from withdrawal as made join lease on true left join agent on agent.mesos_agent_id = lease.mesos_agent_id
                where made.id = cast(:id as uuid) and lease.expiration > now()
                    and lease.mesos_agent_id not in (select mesos_agent_id from connected) and %s)
            select count(*), count(distinct hostname), (select string_agg(hostname, chr(10) order by hostname) from (
                select distinct hostname from later order by hostname limit %d) as named),
                cast(floor(extract(epoch from max(expiration))) as bigint)
            from later""".formatted(EndReview.COVERS, MOST_NAMES);

    public EndedLater {
        hostnames = List.copyOf(hostnames);
    }

    static Uni<EndedLater> of(StatelessSession session, UUID withdrawal) {
        return session.createNativeQuery(FIND, Object[].class)
                .setParameter("id", withdrawal.toString())
                .getSingleResult()
                .map(row -> new EndedLater(
                        ((Number) row[0]).longValue(),
                        ((Number) row[1]).longValue(),
                        Optional.ofNullable(row[2]).stream()
                                .flatMap(names -> String.valueOf(names).lines())
                                .toList(),
                        Optional.ofNullable(row[3])
                                .map(seconds -> Instant.ofEpochSecond(((Number) seconds).longValue()))));
    }
}
