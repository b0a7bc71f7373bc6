package io.mesosiam.admin.withdrawal;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.AdminSessions;
import io.mesosiam.admin.Author;
import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.FieldKind;
import io.mesosiam.admin.Fields;
import io.mesosiam.admin.Found;
import io.mesosiam.admin.ListColumn;
import io.mesosiam.admin.ListQuery;
import io.mesosiam.admin.Refusals;
import io.mesosiam.admin.Refused;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.Written;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.LockModeType;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny.StatelessSession;
import org.jspecify.annotations.Nullable;

/** The withdrawals: listed, created and lifted. A withdrawal is never deleted. */
@Singleton
public final class Withdrawals {
    public static final ListColumn ID = ListColumn.of("id", ListColumn.Type.ID);

    /** The fields that a list can be filtered and sorted by. */
    public static final List<ListColumn> COLUMNS = List.of(
            ID,
            ListColumn.optional("frameworkId", ListColumn.Type.TEXT),
            ListColumn.optional("taskId", ListColumn.Type.TEXT),
            ListColumn.optional("mesosAgentId", ListColumn.Type.TEXT),
            ListColumn.optional("launchSequence", ListColumn.Type.NUMBER),
            ListColumn.optional("credentialName", ListColumn.Type.TEXT),
            ListColumn.optional("policyId", ListColumn.Type.ID),
            ListColumn.optional("iamRoleArn", ListColumn.Type.TEXT),
            ListColumn.of("reason", ListColumn.Type.TEXT),
            ListColumn.of("madeBy", ListColumn.Type.TEXT),
            ListColumn.of("madeAt", ListColumn.Type.TIME),
            ListColumn.optional("keysValidUntil", ListColumn.Type.TIME),
            ListColumn.optional("liftedAt", ListColumn.Type.TIME),
            ListColumn.optional("liftedBy", ListColumn.Type.TEXT));

    private static final Map<String, FieldKind> FIELDS = Map.of(
            "frameworkId", FieldKind.TEXT,
            "taskId", FieldKind.TEXT,
            "mesosAgentId", FieldKind.TEXT,
            "launchSequence", FieldKind.COUNT,
            "credentialName", FieldKind.TEXT,
            "policyId", FieldKind.ID,
            "iamRoleArn", FieldKind.TEXT);

    /** What the constraints of withdrawals demand, with the fields of their columns. */
    public static final Constraints CONSTRAINTS = Constraints.of(
            "framework_id",
            "task_id",
            "mesos_agent_id",
            "launch_sequence",
            "credential_name",
            "policy_id",
            "iam_role_arn",
            "reason");

    private static final String IS_KNOWN =
            "select exists (select from policy_revision where policy_id = cast(:policy as uuid))";

    private static final Fault NO_POLICY = new Fault("policyId", "there is and was no such policy");

    private final AdminSessions sessions;

    @Inject
    Withdrawals(AdminSessions sessions) {
        this.sessions = sessions;
    }

    /**
     * Those that a query is for, in its order.
     *
     * @param standing whether only those are listed that are not lifted
     */
    public Uni<Found<StoredWithdrawal>> list(boolean standing, ListQuery query) {
        String text = "from WithdrawalEntity where " + (standing ? "liftedAt is null" : "1 = 1") + query.text();
        return query.read(sessions, WithdrawalEntity.class, text, UnaryOperator.identity())
                .map(rows -> rows.map(StoredWithdrawal::of));
    }

    public Uni<Optional<StoredWithdrawal>> find(UUID id) {
        return sessions.reading(session -> session.get(WithdrawalEntity.class, id))
                .map(row -> Optional.ofNullable(row).map(StoredWithdrawal::of));
    }

    /**
     * Creates one with the author's reason; a second withdrawal that covers the same is refused as a conflict.
     *
     * @param review decides whether it is stored
     */
    public Uni<Written<StoredWithdrawal>> create(JsonNode document, Author author, EndReview review) {
        Fields fields = Fields.read(document, FIELDS);
        WithdrawalEntity row = new WithdrawalEntity();
        row.id = UUID.randomUUID();
        row.frameworkId = fields.text("frameworkId");
        row.taskId = fields.text("taskId");
        row.mesosAgentId = fields.text("mesosAgentId");
        row.launchSequence = Optional.ofNullable(fields.values().get("launchSequence"))
                .map(JsonNode::longValue)
                .orElse(null);
        row.credentialName = fields.text("credentialName");
        row.policyId = Optional.ofNullable(fields.text("policyId"))
                .map(UUID::fromString)
                .orElse(null);
        row.iamRoleArn = fields.text("iamRoleArn");
        row.reason = author.reason();
        String columns = Fields.row(Map.of(
                        "framework_id", Optional.ofNullable(row.frameworkId),
                        "task_id", Optional.ofNullable(row.taskId),
                        "mesos_agent_id", Optional.ofNullable(row.mesosAgentId),
                        "launch_sequence", Optional.ofNullable(row.launchSequence),
                        "credential_name", Optional.ofNullable(row.credentialName),
                        "policy_id", Optional.ofNullable(row.policyId),
                        "iam_role_arn", Optional.ofNullable(row.iamRoleArn),
                        "reason", Optional.ofNullable(row.reason)))
                .toString();
        return sessions.writing(
                        author,
                        session -> withPolicy(session, row.policyId, fields.faults())
                                .chain(known -> sessions.faults(session, "withdrawal", CONSTRAINTS, columns, known))
                                .chain(faults -> faults.isEmpty()
                                        ? insert(session, row, review)
                                        : Uni.createFrom()
                                                .item(new Reviewed(
                                                        new Written.Not<>(new Refused.Invalid(faults)), false))),
                        Reviewed::commits)
                .map(Reviewed::written)
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }

    /** The outcome of a transaction, and whether it is committed. */
    private record Reviewed(Written<StoredWithdrawal> written, boolean commits) {}

    private static Uni<Reviewed> insert(StatelessSession session, WithdrawalEntity row, EndReview review) {
        return session.insert(row)
                .chain(() -> session.refresh(row))
                .chain(() -> EndReview.Ended.of(session, Objects.requireNonNull(row.id)))
                .map(ended -> new Reviewed(new Written.Created<>(StoredWithdrawal.of(row)), review.commits(ended)));
    }

    /** A mistyped id would withdraw nothing. A policy that is deleted is known by its history. */
    private static Uni<List<Fault>> withPolicy(StatelessSession session, @Nullable UUID policy, List<Fault> faults) {
        return policy == null
                ? Uni.createFrom().item(faults)
                : session.createNativeQuery(IS_KNOWN, Boolean.class)
                        .setParameter("policy", policy.toString())
                        .getSingleResult()
                        .map(known -> known
                                ? faults
                                : Stream.concat(faults.stream(), Stream.of(NO_POLICY))
                                        .toList());
    }

    /** Lifts one; a lifted withdrawal stays as it is. */
    public Uni<Written<StoredWithdrawal>> lift(UUID id, InstantSource clock, Author author) {
        return sessions.writing(
                        author,
                        session -> session.get(WithdrawalEntity.class, id, LockModeType.PESSIMISTIC_WRITE)
                                .chain(row -> {
                                    if (row == null) {
                                        return Uni.createFrom()
                                                .<Written<StoredWithdrawal>>item(new Written.Not<>(
                                                        new Refused.NotFound("withdrawal with the id " + id)));
                                    }
                                    if (row.liftedAt != null) {
                                        return Uni.createFrom()
                                                .<Written<StoredWithdrawal>>item(
                                                        new Written.Unchanged<>(StoredWithdrawal.of(row)));
                                    }
                                    row.liftedAt = clock.instant().atOffset(ZoneOffset.UTC);
                                    return session.update(row)
                                            .chain(() -> session.refresh(row))
                                            .<Written<StoredWithdrawal>>map(
                                                    _ -> new Written.Changed<>(StoredWithdrawal.of(row)));
                                }),
                        outcome -> !(outcome instanceof Written.Not))
                .onFailure(failure -> Refusals.of(failure).isPresent())
                .recoverWithItem(
                        failure -> new Written.Not<>(Refusals.of(failure).orElseThrow()));
    }
}
