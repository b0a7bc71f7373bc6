package io.mesosiam.admin.revocation;

import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.Written;
import io.mesosiam.admin.withdrawal.EndReview;
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
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;

/** Revokes credentials: writes a withdrawal, and on request the denials of its sessions at AWS, in one transaction. */
@Singleton
public final class Revocations {
    /** IAM allows 10,240 characters for all inline policies of a role; the role has others. */
    private static final long MOST_CHARACTERS = 8000;

    private static final String NEVER_EXISTED =
            "has never existed. To withdraw by an id that is not known yet, use /api/v1/withdrawals";

    private final AdminSessions sessions;

    @Inject
    Revocations(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Revokes. A standing revocation of the same target is kept. A lease, a policy or a Mesos agent that never existed is
     * refused.
     *
     * @param hard whether the sessions are denied at AWS too
     * @param review decides whether it is stored; a standing revocation ends nothing
     */
    public Uni<Written<Revocation>> revoke(RevocationTarget target, boolean hard, Author author, EndReview review) {
        return sessions.writing(author, session -> revoke(session, target, hard, author, review), Reviewed::commits)
                .map(Reviewed::written)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    /** The outcome of a transaction, and whether it is committed. */
    private record Reviewed(Written<Revocation> written, boolean commits) {
        static Uni<Reviewed> refused(Refused why) {
            return Uni.createFrom().item(new Reviewed(new Written.Not<>(why), false));
        }
    }

    private static Uni<Reviewed> revoke(
            StatelessSession session, RevocationTarget target, boolean hard, Author author, EndReview review) {
        Map<String, Object> parts = parts(target);
        Map<String, Object> values = new TreeMap<>(parts);
        values.put("reason", author.reason());
        return unknown(session, target)
                .chain(unknown -> unknown.isPresent()
                        ? Reviewed.refused(new Refused.Invalid(List.of(new Fault(unknown.get(), NEVER_EXISTED))))
                        : first(session, RevocationSql.INSERT, values)
                                .chain(created -> created.isPresent()
                                        ? write(session, target, hard, created.get(), true, review)
                                        : first(session, RevocationSql.STANDING, parts)
                                                .chain(standing -> standing.isPresent()
                                                        ? write(session, target, hard, standing.get(), false, review)
                                                        : Reviewed.refused(new Refused.LostRace()))));
    }

    /** The field of the target that names something that never existed. */
    private static Uni<Optional<String>> unknown(StatelessSession session, RevocationTarget target) {
        return switch (target) {
            case RevocationTarget.OfLease(UUID id) ->
                unknown(session, "leaseId", RevocationSql.NO_LEASE, id.toString());
            case RevocationTarget.OfPolicy(UUID id) ->
                unknown(session, "policyId", RevocationSql.NO_POLICY, id.toString());
            case RevocationTarget.OfAgent(String id) -> unknown(session, "mesosAgentId", RevocationSql.NO_AGENT, id);
            case RevocationTarget.OfTask _, RevocationTarget.OfRole _ ->
                Uni.createFrom().item(Optional.empty());
        };
    }

    private static Uni<Optional<String>> unknown(StatelessSession session, String field, String never, String id) {
        return session.createNativeQuery(never, Boolean.class)
                .setParameter("id", id)
                .getSingleResult()
                .map(unknown -> unknown ? Optional.of(field) : Optional.empty());
    }

    private static Uni<Reviewed> write(
            StatelessSession session,
            RevocationTarget target,
            boolean hard,
            String id,
            boolean created,
            EndReview review) {
        Uni<List<CoveredRole>> sessions = hard && !(target instanceof RevocationTarget.OfRole)
                ? covered(session, id)
                : Uni.createFrom().item(List.of());
        return sessions.chain(covered -> {
            Uni<Optional<Refused>> refusal =
                    hard ? refusal(session, target, covered) : Uni.createFrom().item(Optional.empty());
            return refusal.chain(refused -> {
                if (refused.isPresent()) {
                    return Reviewed.refused(refused.get());
                }
                Uni<List<String>> denials = hard
                        ? deny(session, target, id, covered)
                        : Uni.createFrom().item(List.of());
                return denials.chain(roles -> EndReview.Ended.of(session, UUID.fromString(id))
                        .chain(ended -> keysValidUntil(session, id)
                                .map(until -> reviewed(
                                        new Revocation(
                                                UUID.fromString(id),
                                                Math.toIntExact(ended.leases()),
                                                until,
                                                roles,
                                                ended.later()),
                                        ended,
                                        created,
                                        review))));
            });
        });
    }

    private static Reviewed reviewed(Revocation made, EndReview.Ended ended, boolean created, EndReview review) {
        return created
                ? new Reviewed(new Written.Created<>(made), review.commits(ended))
                : new Reviewed(new Written.Unchanged<>(made), review.commits(ended.standing()));
    }

    private static Uni<Optional<Refused>> refusal(
            StatelessSession session, RevocationTarget target, List<CoveredRole> covered) {
        if (target instanceof RevocationTarget.OfRole role) {
            return session.createNativeQuery(RevocationSql.IS_KNOWN, Boolean.class)
                    .setParameter("arn", role.iamRole().arn())
                    .getSingleResult()
                    .map(known -> known ? Optional.empty() : Optional.of(UNKNOWN_ROLE));
        }
        Optional<Refused> refused = refusal(covered);
        return refused.isPresent() ? Uni.createFrom().item(refused) : withoutSpace(session, covered);
    }

    private static final Refused UNKNOWN_ROLE = new Refused.Conflict(
            "no policy and no lease has this IAM role: correct its ARN with the path, or revoke it without hard");

    /** Whether one of the IAM roles has no space for another inline policy. */
    private static Uni<Optional<Refused>> withoutSpace(StatelessSession session, List<CoveredRole> roles) {
        return Multi.createFrom()
                .iterable(roles)
                .onItem()
                .transformToUniAndConcatenate(role -> session.createNativeQuery(RevocationSql.OPEN, Long.class)
                        .setParameter("arn", role.iamRoleArn())
                        .getSingleResult())
                .collect()
                .asList()
                .map(open -> open.stream().anyMatch(characters -> characters > MOST_CHARACTERS)
                        ? Optional.of(new Refused.Conflict("too many sessions of one IAM role are denied already:"
                                + " revoke the IAM role, which denies all of its sessions"))
                        : Optional.empty());
    }

    private static Optional<Refused> refusal(List<CoveredRole> covered) {
        if (covered.stream().anyMatch(CoveredRole::shared)) {
            return Optional.of(
                    new Refused.Conflict(
                            "other leases share a session of this name: revoke the IAM role, which denies all of its sessions"));
        }
        return covered.stream().anyMatch(role -> role.leases() > RevocationSql.MOST_NAMES)
                ? Optional.of(new Refused.Conflict("more than " + RevocationSql.MOST_NAMES
                        + " sessions of one IAM role: revoke the IAM role, which denies all of its sessions"))
                : Optional.empty();
    }

    private static Uni<List<String>> deny(
            StatelessSession session, RevocationTarget target, String id, List<CoveredRole> covered) {
        if (target instanceof RevocationTarget.OfRole role) {
            String arn = role.iamRole().arn();
            return update(session, RevocationSql.DENY_ROLE, Map.of("withdrawal", id, "arn", arn))
                    .map(_ -> List.of(arn));
        }
        return Multi.createFrom()
                .iterable(covered)
                .onItem()
                .transformToUniAndConcatenate(role -> update(session, RevocationSql.DENY_NAMES, values(id, role))
                        .map(_ -> role.iamRoleArn()))
                .collect()
                .asList();
    }

    private static Map<String, Object> values(String id, CoveredRole role) {
        return Map.of(
                "withdrawal",
                id,
                "arn",
                role.iamRoleArn(),
                "names",
                role.names(),
                "until",
                role.until().toString(),
                "longest",
                role.longest().toString());
    }

    private static Uni<Optional<Instant>> keysValidUntil(StatelessSession session, String withdrawal) {
        return time(session, RevocationSql.KEPT, withdrawal)
                .chain(kept -> time(session, RevocationSql.UNTIL, withdrawal).map(until -> later(kept, until)));
    }

    private static Uni<Optional<Instant>> time(StatelessSession session, String sql, String withdrawal) {
        return session.createNativeQuery(sql, Object.class)
                .setParameter("withdrawal", withdrawal)
                .getResultList()
                .map(times -> times.stream().findFirst().map(Revocations::instant));
    }

    private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
        return Stream.concat(one.stream(), other.stream()).max(Instant::compareTo);
    }

    private static Uni<List<CoveredRole>> covered(StatelessSession session, String withdrawal) {
        var query = session.createNativeQuery(RevocationSql.COVERED_ROLES, Object[].class)
                .setParameter("withdrawal", withdrawal);
        return query.getResultList().map(rows -> rows.stream()
                .map(row -> new CoveredRole(
                        String.valueOf(row[0]),
                        ((Number) row[1]).longValue(),
                        String.valueOf(row[2]),
                        instant(row[3]),
                        instant(row[4]),
                        Boolean.TRUE.equals(row[5])))
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
