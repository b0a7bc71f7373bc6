package io.mesosiam.lease.store;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseSelection;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.postgres.OneStatement;
import io.mesosiam.postgres.PlainReason;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Reads table {@code lease}. It blocks on the database: call it on virtual threads only. Rows that can't be read are
 * left out.
 */
@Singleton
public final class LeaseTable implements LeaseRows {
    private static final Logger LOG = Logger.getLogger(LeaseTable.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** After it the database ends a statement that can read all live leases. */
    private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(20);

    /** A change of the administration waits for it. */
    private static final Duration COUNT_LIMIT = Duration.ofSeconds(5);

    private static final String LIVE =
            "select " + LeaseRow.COLUMNS + " from lease where state <> 'reaped' order by created_at, id";
    private static final String COUNT =
            "select count(*) from lease where state <> 'reaped' and iam_role_arn is not null";
    private static final String BY_ID =
            "select " + LeaseRow.COLUMNS + " from lease where id = any($1) order by created_at, id";
    private static final String RECORDED = "select id from lease where id = any($1)";
    private static final String LIVE_ON_HOST = "select " + LeaseRow.COLUMNS
            + " from lease where state <> 'reaped' and mesos_agent_id = $1::text order by created_at, id";

    private static final String LIVE_OF_TASKS = "select " + LeaseRow.COLUMNS
            + " from lease where state <> 'reaped' and (framework_id, task_id, mesos_agent_id) in"
            + " (select * from unnest($1::text[], $2::text[], $3::text[]))";

    /**
     * For each task key, the last launch that a live lease or a withdrawal names. A withdrawn launch has the container of
     * its ended leases, so that a later launch of the task id is not taken for it.
     */
    private static final String KNOWN = """
            select distinct on (framework_id, task_id, mesos_agent_id)
                framework_id::text, task_id::text, mesos_agent_id::text, launch_sequence, container_id::text, witnessed
            from (
                select framework_id, task_id, mesos_agent_id, launch_sequence, container_id, witnessed
                from lease where state <> 'reaped'
                union all
                select withdrawn.framework_id, withdrawn.task_id, withdrawn.mesos_agent_id, withdrawn.launch_sequence,
                    max(ended.container_id::text), false
                from withdrawal as withdrawn
                    left join lease as ended on ended.state = 'reaped' and ended.framework_id = withdrawn.framework_id
                        and ended.task_id = withdrawn.task_id and ended.mesos_agent_id = withdrawn.mesos_agent_id
                        and ended.launch_sequence = withdrawn.launch_sequence
                where withdrawn.launch_sequence is not null and withdrawn.lifted_at is null
                group by withdrawn.framework_id, withdrawn.task_id, withdrawn.mesos_agent_id, withdrawn.launch_sequence
            ) known
            where launch_sequence <= $1
            order by framework_id, task_id, mesos_agent_id, launch_sequence desc, witnessed desc, container_id""";

    private final Pool pool;

    @Inject
    public LeaseTable(Pool pool) {
        this.pool = pool;
    }

    /**
     * Every live lease, for a controller that starts.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    public List<Lease> live() {
        return leases(query(LIVE, Tuple.tuple()));
    }

    @Override
    public List<Lease> live(MesosAgentId host) {
        return leases(query(LIVE_ON_HOST, Tuple.of(host.value())));
    }

    @Override
    public Set<LeaseId> recorded(Set<LeaseId> leases) {
        Set<LeaseId> recorded = new HashSet<>();
        for (Row row :
                query(RECORDED, Tuple.of(leases.stream().map(LeaseId::value).toArray(UUID[]::new)))) {
            recorded.add(new LeaseId(row.getUUID("id")));
        }
        return recorded;
    }

    /** The live leases of these tasks, whichever controllers have written them: a host can have thousands of others. */
    @Override
    public List<Lease> live(Collection<TaskKey> tasks) {
        return leases(query(
                LIVE_OF_TASKS,
                Tuple.of(
                        tasks.stream().map(task -> task.framework().value()).toArray(String[]::new),
                        tasks.stream().map(task -> task.task().value()).toArray(String[]::new),
                        tasks.stream().map(task -> task.agent().value()).toArray(String[]::new))));
    }

    /** The number of live leases of all controllers; empty if the database can't be read now. */
    public OptionalLong count() {
        try {
            return OptionalLong.of(answer(OneStatement.run(pool, COUNT, Tuple.tuple(), COUNT_LIMIT))
                    .iterator()
                    .next()
                    .getLong(0));
        } catch (IllegalStateException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public List<Lease> select(LeaseSelection selection) {
        SelectedRows rows = SelectedRows.of(selection);
        return leases(answer(OneStatement.run(pool, rows.sql(), rows.values(), STATEMENT_LIMIT)));
    }

    /**
     * The leases with these ids, live and ended, the oldest first. A lease that the database no longer has is absent.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    public List<Lease> of(Collection<UUID> ids) {
        return leases(query(BY_ID, Tuple.of(ids.toArray(UUID[]::new))));
    }

    /**
     * The launches that rows name, for the cluster watch that starts, so that they keep their sequence numbers. Those that can't
     * be read are left out.
     *
     * @throws IllegalStateException if the database can't be read now
     */
    public List<KnownLaunch> known() {
        List<KnownLaunch> known = new ArrayList<>();
        for (Row row : query(KNOWN, Tuple.of(LeaseRow.MAX_COUNT))) {
            try {
                known.add(new KnownLaunch(
                        LeaseRow.launch(row),
                        Optional.ofNullable(row.getString("container_id")).map(ContainerId::parse),
                        row.getBoolean("witnessed")));
            } catch (RuntimeException e) {
                LOG.warnf(
                        "launch of a row not readable taskId=%s reason=\"%s\"",
                        row.getString("task_id"), PlainReason.of(e));
            }
        }
        return known;
    }

    private static List<Lease> leases(RowSet<Row> rows) {
        List<Lease> leases = new ArrayList<>();
        for (Row row : rows) {
            try {
                leases.add(LeaseRow.read(row));
            } catch (RuntimeException e) {
                LOG.warnf("lease row not readable leaseId=%s reason=\"%s\"", row.getUUID("id"), PlainReason.of(e));
            }
        }
        return leases;
    }

    private RowSet<Row> query(String sql, Tuple values) {
        return answer(OneStatement.run(pool, sql, values));
    }

    private static RowSet<Row> answer(Uni<RowSet<Row>> statement) {
        try {
            return statement.await().atMost(TIMEOUT);
        } catch (RuntimeException e) {
            throw new IllegalStateException("the lease table can't be read: " + PlainReason.of(e), e);
        }
    }
}
