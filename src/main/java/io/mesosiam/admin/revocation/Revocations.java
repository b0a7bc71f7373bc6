package io.mesosiam.admin.revocation;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** Revokes credentials: writes a withdrawal, and on request the denials of its sessions at AWS, in one transaction. */
@Singleton
public final class Revocations {
    private static final int MOST_NAMES = 20;

    /** The parts of a withdrawal; a lease is named by its launch and its credential name. */
    private static final String INSERT = """
            insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, policy_id, iam_role_arn, reason)
            select coalesce(nullif(:framework, ''), lease.framework_id), coalesce(nullif(:task, ''), lease.task_id),
                coalesce(nullif(:agent, ''), lease.mesos_agent_id), lease.launch_sequence, lease.credential_name,
                cast(nullif(:policy, '') as uuid), nullif(:role, ''), cast(:reason as text)
            from (select 1) as one left join lease on lease.id = cast(nullif(:lease, '') as uuid)
            where (cast(nullif(:lease, '') as uuid) is null or lease.id is not null)
                and (cast(nullif(:policy, '') as uuid) is null
                    or exists (select from policy where policy.id = cast(nullif(:policy, '') as uuid))
                    or exists (select from lease as given where given.policy_id = cast(nullif(:policy, '') as uuid)))
            on conflict do nothing
            returning cast(id as text)""";

    private static final String STANDING = """
            select cast(withdrawal.id as text) from withdrawal left join lease on lease.id = cast(nullif(:lease, '') as uuid)
            where lifted_at is null
                and withdrawal.framework_id is not distinct from coalesce(nullif(:framework, ''), lease.framework_id)
                and withdrawal.task_id is not distinct from coalesce(nullif(:task, ''), lease.task_id)
                and withdrawal.mesos_agent_id is not distinct from coalesce(nullif(:agent, ''), lease.mesos_agent_id)
                and withdrawal.launch_sequence is not distinct from lease.launch_sequence
                and withdrawal.credential_name is not distinct from lease.credential_name
                and withdrawal.policy_id is not distinct from cast(nullif(:policy, '') as uuid)
                and withdrawal.iam_role_arn is not distinct from nullif(:role, '')""";

    private static final String COVERED = """
            select cast(lease.iam_role_arn as text) as role, lease.session_name, lease.expiration,
                exists (
                    select from lease as other
                    where other.id <> lease.id and other.state <> 'reaped' and other.iam_role_arn = lease.iam_role_arn
                        and other.session_name = lease.session_name)
                or exists (select from policy where policy.id = lease.policy_id and policy.sharing = 'role') as shared
            from lease
            where lease.state <> 'reaped' and lease.iam_role_arn is not null
                and (cast(nullif(:lease, '') as uuid) is null or lease.id = cast(nullif(:lease, '') as uuid))
                and (nullif(:framework, '') is null or lease.framework_id = nullif(:framework, ''))
                and (nullif(:task, '') is null or lease.task_id = nullif(:task, ''))
                and (nullif(:agent, '') is null or lease.mesos_agent_id = nullif(:agent, ''))
                and (cast(nullif(:policy, '') as uuid) is null or lease.policy_id = cast(nullif(:policy, '') as uuid))
                and (nullif(:role, '') is null or lease.iam_role_arn = nullif(:role, ''))""";

    /** Sessions that an open denial of the same withdrawal includes are not denied twice. */
    private static final String DENY_NAMES = """
            insert into session_denial (withdrawal_id, iam_role_arn, session_names, remove_after)
            select withdrawal, arn, names, until
            from (values (cast(:withdrawal as uuid), cast(:arn as text), string_to_array(cast(:names as text), ' '),
                cast(cast(:until as text) as timestamptz) + interval '5 minutes')) as denied (withdrawal, arn, names, until)
            where not exists (
                select from session_denial as known
                where known.withdrawal_id = withdrawal and known.iam_role_arn = arn and known.removed_at is null
                    and known.session_names @> names and known.remove_after >= until)""";

    private static final String DENY_ROLE = """
            insert into session_denial (withdrawal_id, iam_role_arn, issued_before, remove_after)
            values (cast(:withdrawal as uuid), :arn, now(), now() + interval '12 hours')""";

    private final AdminSessions sessions;

    @Inject
    Revocations(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Revokes. A standing revocation of the same target is kept.
     *
     * @param hard whether the sessions are denied at AWS too
     */
    public Uni<Written<Revocation>> revoke(RevocationTarget target, boolean hard, Author author) {
        return recovered(
                sessions.writing(author, session -> revoke(session, target, hard, author), Revocations::isAccepted));
    }

    private static Uni<Written<Revocation>> recovered(Uni<Written<Revocation>> written) {
        return written.onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    private static boolean isAccepted(Written<Revocation> written) {
        return !(written instanceof Written.Not);
    }

    private Uni<Written<Revocation>> revoke(
            StatelessSession session, RevocationTarget target, boolean hard, Author author) {
        Map<String, Object> parts = parts(target);
        Map<String, Object> values = new TreeMap<>(parts);
        values.put("reason", author.reason());
        return first(session, INSERT, values)
                .chain(created -> created.isPresent()
                        ? write(session, target, hard, created.get(), true)
                        : first(session, STANDING, parts)
                                .chain(standing -> standing.isPresent()
                                        ? write(session, target, hard, standing.get(), false)
                                        : Uni.createFrom().item(new Written.Not<>(new Refused.NotFound()))));
    }

    private static Uni<Written<Revocation>> write(
            StatelessSession session, RevocationTarget target, boolean hard, String id, boolean created) {
        return covered(session, target).chain(leases -> {
            Optional<Refused> refused = hard ? refusal(target, leases) : Optional.empty();
            if (refused.isPresent()) {
                return Uni.createFrom().item(new Written.Not<>(refused.get()));
            }
            Uni<List<String>> denials =
                    hard ? deny(session, target, id, leases) : Uni.createFrom().item(List.of());
            return denials.map(roles -> {
                Revocation made = new Revocation(UUID.fromString(id), leases.size(), latest(leases), roles);
                return created ? new Written.Created<>(made) : new Written.Unchanged<>(made);
            });
        });
    }

    private static Optional<Refused> refusal(RevocationTarget target, List<CoveredLease> leases) {
        if (target instanceof RevocationTarget.OfRole) {
            return Optional.empty();
        }
        if (leases.stream().anyMatch(lease -> lease.hasSession() && lease.shared())) {
            return Optional.of(
                    new Refused.Conflict(
                            "other leases share a session of this name: revoke the IAM role, which denies all of its sessions"));
        }
        return names(leases).values().stream().anyMatch(role -> role.size() > MOST_NAMES)
                ? Optional.of(new Refused.Conflict("more than " + MOST_NAMES
                        + " sessions of one IAM role: revoke the IAM role, which denies all of its sessions"))
                : Optional.empty();
    }

    private static Map<String, List<CoveredLease>> names(List<CoveredLease> leases) {
        return leases.stream()
                .filter(CoveredLease::hasSession)
                .collect(Collectors.groupingBy(CoveredLease::iamRoleArn, TreeMap::new, Collectors.toList()));
    }

    private static Uni<List<String>> deny(
            StatelessSession session, RevocationTarget target, String id, List<CoveredLease> leases) {
        if (target instanceof RevocationTarget.OfRole role) {
            String arn = role.iamRole().arn();
            return update(session, DENY_ROLE, Map.of("withdrawal", id, "arn", arn))
                    .map(_ -> List.of(arn));
        }
        return Multi.createFrom()
                .iterable(names(leases).entrySet())
                .onItem()
                .transformToUniAndConcatenate(
                        role -> update(session, DENY_NAMES, values(id, role)).map(_ -> role.getKey()))
                .collect()
                .asList();
    }

    private static Map<String, Object> values(String id, Map.Entry<String, List<CoveredLease>> role) {
        return Map.of(
                "withdrawal",
                id,
                "arn",
                role.getKey(),
                "names",
                role.getValue().stream()
                        .flatMap(lease -> lease.sessionName().stream())
                        .distinct()
                        .collect(Collectors.joining(" ")),
                "until",
                latest(role.getValue()).orElseThrow().toString());
    }

    private static Optional<Instant> latest(List<CoveredLease> leases) {
        return leases.stream().flatMap(lease -> lease.expiration().stream()).max(Instant::compareTo);
    }

    private static Uni<List<CoveredLease>> covered(StatelessSession session, RevocationTarget target) {
        var query = session.createNativeQuery(COVERED, Object[].class);
        parts(target).forEach(query::setParameter);
        return query.getResultList().map(rows -> rows.stream()
                .map(row -> new CoveredLease(
                        String.valueOf(row[0]),
                        Optional.ofNullable(row[1]).map(String::valueOf),
                        Optional.ofNullable(row[2]).map(Revocations::instant),
                        Boolean.TRUE.equals(row[3])))
                .toList());
    }

    private static Instant instant(Object time) {
        return switch (time) {
            case Instant instant -> instant;
            case OffsetDateTime moment -> moment.toInstant();
            default -> throw new IllegalStateException("not a time: " + time.getClass());
        };
    }

    private static Map<String, Object> parts(RevocationTarget target) {
        Map<String, Object> parts = new TreeMap<>();
        parts.put("lease", target.lease().map(UUID::toString).orElse(""));
        parts.put("framework", target.framework().orElse(""));
        parts.put("task", target.task().orElse(""));
        parts.put("agent", target.agent().orElse(""));
        parts.put("policy", target.policy().map(UUID::toString).orElse(""));
        parts.put("role", target.role().orElse(""));
        return parts;
    }

    private static Uni<Optional<String>> first(StatelessSession session, String sql, Map<String, Object> values) {
        var query = session.createNativeQuery(sql, String.class);
        values.forEach(query::setParameter);
        return query.getResultList().map(rows -> rows.stream().findFirst());
    }

    private static Uni<Integer> update(StatelessSession session, String sql, Map<String, Object> values) {
        var query = session.createNativeQuery(sql);
        values.forEach(query::setParameter);
        return query.executeUpdate();
    }
}
