package io.mesosiam.lease.store;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.postgres.PlainReason;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;

/**
 * Converts between a withdrawal and its row in table {@code withdrawal}. A column that can't be read counts as not set,
 * so that the withdrawal can cover more than intended, but not less. A row of which neither task, framework, host, policy nor IAM role can
 * be read would cover every lease; instead, it prevents new leases.
 */
final class WithdrawalRow {
    /** Writes a withdrawal unless the table has it. */
    static final String INSERT = """
            insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, reason)
            values ($1::text, $2::text, $3::text, $4, $5::text, $6)
            on conflict do nothing""";

    private final Row row;
    private Optional<String> unreadable = Optional.empty();

    private WithdrawalRow(Row row) {
        this.row = row;
    }

    /**
     * The result of reading a row.
     *
     * @param withdrawal empty if the row has no readable task, framework, host, policy or IAM role
     * @param problem the columns that can't be read, and why; empty if all can
     */
    record Reading(Optional<Withdrawal> withdrawal, Optional<String> problem) {}

    /** The values of {@link #INSERT}. */
    static Tuple tuple(Withdrawal withdrawal) {
        return Tuple.tuple()
                .addValue(withdrawal.framework().map(id -> id.value()).orElse(null))
                .addValue(withdrawal.task().map(id -> id.value()).orElse(null))
                .addValue(withdrawal.agent().map(id -> id.value()).orElse(null))
                .addValue(
                        withdrawal.sequence().isPresent()
                                ? withdrawal.sequence().getAsLong()
                                : null)
                .addValue(withdrawal.name().map(name -> name.value()).orElse(null))
                .addValue(withdrawal.reason());
    }

    static Reading read(Row row) {
        return new WithdrawalRow(row).read();
    }

    private Reading read() {
        Optional<FrameworkId> framework = text("framework_id", FrameworkId::new);
        Optional<TaskId> task = text("task_id", TaskId::new);
        Optional<MesosAgentId> agent = text("mesos_agent_id", MesosAgentId::new);
        Optional<Long> sequence = column(
                "launch_sequence",
                it -> row.getLong(it) == null ? Optional.empty() : Optional.of(LeaseRow.count(row, it)));
        Optional<CredentialName> name = text("credential_name", CredentialName::new);
        Optional<String> reason = text("reason", text -> text);
        Optional<String> madeBy = text("made_by", text -> text);
        Optional<UUID> id = text("id", UUID::fromString);
        Withdrawal.Given given = new Withdrawal.Given(
                column("policy_id", it -> Optional.ofNullable(row.getUUID(it)).map(PolicyId::new)),
                text("iam_role_arn", IamRole::new));
        if (framework.isEmpty() && task.isEmpty() && agent.isEmpty() && given.equals(Withdrawal.Given.ANYTHING)) {
            return new Reading(
                    Optional.empty(),
                    unreadable.or(() -> Optional.of("it names no framework, host, policy and IAM role")));
        }
        Withdrawal withdrawal = new Withdrawal(
                framework,
                task,
                agent,
                sequence.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                name,
                given,
                reason.orElse("no reason can be read"),
                madeBy,
                id);
        return new Reading(Optional.of(withdrawal), unreadable);
    }

    private <T> Optional<T> text(String column, Function<String, T> type) {
        return column(column, it -> Optional.ofNullable(row.getString(it)).map(type));
    }

    private <T> Optional<T> column(String column, Function<String, Optional<T>> read) {
        try {
            return read.apply(column);
        } catch (RuntimeException e) {
            unreadable = unreadable.or(() -> Optional.of(column + ": " + PlainReason.of(e)));
            return Optional.empty();
        }
    }
}
