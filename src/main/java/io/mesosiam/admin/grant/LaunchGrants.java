package io.mesosiam.admin.grant;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.Written;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.bounds.Namespace;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The launch grants: listed, made and ended. A grant is never changed. */
@Singleton
public final class LaunchGrants {
    /** The fields of a request for a grant. */
    public static final Set<String> FIELDS = GrantRequest.FIELDS.keySet();

    /** All columns as the entity reads them. */
    private static final String COLUMNS = """
            id, namespace, iam_role_arn, credential_name, framework_principal, mesos_role, task_id,
            cast(session_policy as text) as session_policy, sensitive, expires_at, version,
            cast(changed_in as text) as changed_in, made_at, made_by,
            bound_at, bound_framework_id, bound_task_id, bound_mesos_agent_id, bound_container_id,
            suspended_at, suspended_reason, ended_at, ended_by, end_reason""";

    /** The most open grants of a topmost namespace, with those below it: every controller has all open grants in memory. */
    private static final int MOST_OPEN = 10_000;

    /** No row if the topmost namespace has {@link #MOST_OPEN} grants. */
    private static final String INSERT = """
            insert into launch_grant (namespace, iam_role_arn, credential_name, framework_principal, mesos_role, task_id, session_policy,
                sensitive, expires_at)
            select namespace, iam_role_arn, coalesce(credential_name, 'default'), framework_principal, mesos_role, task_id, session_policy,
                coalesce(sensitive, false), now() + make_interval(secs => cast(:seconds as bigint))
            from json_populate_record(cast(null as launch_grant), cast(cast(:row as text) as json))
            where (select count(*) from (
                select from launch_grant as other
                where ended_at is null and expires_at > now()
                    and (other.namespace = cast(:top as text) or starts_with(other.namespace, cast(:top as text) || '/'))
                limit :most) as open) < :most
            returning
            """ + COLUMNS;

    /** Any time that is written ends the grant; the database sets the time. */
    private static final String END = """
            update launch_grant set ended_at = now()
            where id = cast(:id as uuid) and namespace = :namespace and ended_at is null
            returning
            """ + COLUMNS;

    private final AdminSessions sessions;
    private final RevokerRole revoker;

    @Inject
    LaunchGrants(AdminSessions sessions, @ConfigProperty(name = RevokerRole.SETTING) Optional<String> revoker) {
        this.sessions = sessions;
        this.revoker = new RevokerRole(revoker);
    }

    /** Those that a query is for, in its order. */
    public Uni<Found<StoredGrant>> list(GrantQuery query) {
        return query.list()
                .read(sessions, LaunchGrantEntity.class, query.text(), selection -> {
                    selection.setParameter("namespace", query.namespace());
                    return query.below() ? selection.setParameter("below", query.belowPattern()) : selection;
                })
                .map(rows -> rows.map(StoredGrant::of));
    }

    /** The grant of a namespace with this id. */
    public Uni<Optional<StoredGrant>> find(String namespace, UUID id) {
        return sessions.reading(session -> find(session, namespace, id));
    }

    private static Uni<Optional<StoredGrant>> find(StatelessSession session, String namespace, UUID id) {
        return session.get(LaunchGrantEntity.class, id)
                .map(row -> Optional.ofNullable(row).map(StoredGrant::of).filter(grant -> grant.namespace()
                        .equals(namespace)));
    }

    /**
     * Makes a grant in a namespace. A fine one costs one statement; every fault of a refused one is found by a second
     * transaction.
     *
     * @param dry whether nothing is stored: the outcome is what a write would do
     */
    public Uni<Written<StoredGrant>> create(String namespace, JsonNode document, Author author, boolean dry) {
        GrantRequest request = GrantRequest.read(namespace, document, revoker);
        if (!request.faults().isEmpty()) {
            return faults(request).map(faults -> new Written.Not<>(new Refused.Invalid(faults)));
        }
        return sessions.writing(
                        author,
                        session -> session.createNativeQuery(INSERT, LaunchGrantEntity.class)
                                .setParameter("row", request.columns().toString())
                                .setParameter("seconds", request.seconds())
                                .setParameter("top", Namespace.topmost(namespace))
                                .setParameter("most", MOST_OPEN)
                                .getSingleResultOrNull()
                                .map(row -> made(row, namespace)),
                        written -> !dry && written instanceof Written.Created)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithUni(failure -> refused(request, Refusals.of(failure).orElseThrow()));
    }

    private static Written<StoredGrant> made(@Nullable LaunchGrantEntity row, String namespace) {
        return Optional.ofNullable(row)
                .<Written<StoredGrant>>map(created -> new Written.Created<>(StoredGrant.of(created)))
                .orElseGet(() -> new Written.Not<>(new Refused.Conflict("namespace " + Namespace.topmost(namespace)
                        + " has, with those below it, at most 10,000 grants that have not ended")));
    }

    /** The constraint that failed first says less than all of them do. */
    private Uni<Written<StoredGrant>> refused(GrantRequest request, Refused why) {
        return why instanceof Refused.Invalid
                ? faults(request).map(faults -> new Written.Not<>(faults.isEmpty() ? why : new Refused.Invalid(faults)))
                : Uni.createFrom().item(new Written.Not<>(why));
    }

    /** Every field that is faulty, without the bounds of namespaces. */
    private Uni<List<Fault>> faults(GrantRequest request) {
        return sessions.reading(session -> sessions.faults(
                session,
                "launch_grant",
                GrantRequest.CONSTRAINTS,
                request.columns().toString(),
                request.faults()));
    }

    /**
     * Ends a grant by revocation; an ended grant stays as it is.
     *
     * @param dry whether nothing is stored: the outcome is what a write would do
     */
    public Uni<Written<StoredGrant>> end(String namespace, UUID id, Author author, boolean dry) {
        return sessions.writing(
                        author,
                        session -> session.createNativeQuery(END, LaunchGrantEntity.class)
                                .setParameter("id", id.toString())
                                .setParameter("namespace", namespace)
                                .getSingleResultOrNull()
                                .chain(row -> row == null
                                        ? find(session, namespace, id).map(found -> unchanged(found, namespace, id))
                                        : Uni.createFrom().item(new Written.Changed<>(StoredGrant.of(row)))),
                        _ -> !dry)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    private static Written<StoredGrant> unchanged(Optional<StoredGrant> found, String namespace, UUID id) {
        return found.<Written<StoredGrant>>map(Written.Unchanged::new)
                .orElseGet(() -> new Written.Not<>(new Refused.NotFound("grant " + id + " in namespace " + namespace)));
    }
}
