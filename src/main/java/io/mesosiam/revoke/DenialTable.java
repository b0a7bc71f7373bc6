package io.mesosiam.revoke;

import io.mesosiam.line.OneLine;
import io.mesosiam.policy.IamRole;
import io.mesosiam.postgres.OneStatement;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/** The rows of {@code session_denial}. Each method runs one statement and blocks until its answer. */
final class DenialTable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int LONGEST_ERROR = 1024;

    /** A claimed row is not due for a minute, so that no other controller works on it at the same time. */
    private static final String CLAIM = """
            update session_denial set retry_at = now() + interval '1 minute', attempts = attempts + 1
            where id = (
                select id from session_denial
                where removed_at is null and retry_at <= now() and (applied_at is null or remove_after <= now())
                order by retry_at, id limit 1 for update skip locked)
            returning id, iam_role_arn, session_names, issued_before, remove_after <= now() as is_over""";

    private static final String DETAIL = """
            jsonb_strip_nulls(jsonb_build_object(
                'subject', withdrawal_id, 'denialId', id, 'requestedBy', requested_by)) from done""";

    private static final String APPLIED = """
            with done as (
                update session_denial set applied_at = now(), attempts = 0, retry_at = now(), last_error = null
                where id = $1 and applied_at is null returning *)
            insert into audit_event (kind, actor, object, iam_role_arn, message, detail)
            select 'session.denied', $2, 'withdrawal:' || withdrawal_id, iam_role_arn,
                'sessions are denied at AWS until ' || remove_after,
            """ + DETAIL;

    private static final String REMOVED = """
            with done as (
                update session_denial set applied_at = coalesce(applied_at, now()), removed_at = now(), last_error = null
                where id = $1 and removed_at is null returning *)
            insert into audit_event (kind, actor, object, iam_role_arn, message, detail)
            select 'session.denial-removed', $2, 'withdrawal:' || withdrawal_id, iam_role_arn,
                'all denied sessions have expired',
            """ + DETAIL;

    private static final String FAILED = """
            update session_denial set last_error = $2,
                retry_at = now() + least(interval '5 seconds' * power(2, least(attempts, 10) - 1), interval '5 minutes')
            where id = $1""";

    private static final String STATUS = """
            select count(*) as open, count(last_error) as failing, min(last_error) as example
            from session_denial where removed_at is null""";

    /** A controller with the role for it works on a row within seconds. */
    private static final String LEFT = """
            select count(*) as left_open from session_denial
            where removed_at is null and (applied_at is null and requested_at < now() - interval '1 minute'
                or remove_after < now() - interval '1 minute')""";

    private final Pool pool;
    private final String controllerId;

    DenialTable(Pool pool, String controllerId) {
        this.pool = pool;
        this.controllerId = controllerId;
    }

    /**
     * A row that this controller works on.
     *
     * @param over whether the inline policy is to be removed; otherwise it is to be attached
     */
    record Claimed(Denial denial, boolean over) {}

    /** What is open now. */
    DenialStatus status() {
        Row row = OneStatement.run(pool, STATUS)
                .await()
                .atMost(TIMEOUT)
                .iterator()
                .next();
        return new DenialStatus(
                row.getLong("open"), row.getLong("failing"), Optional.ofNullable(row.getString("example")));
    }

    /** What no controller has worked on for a minute, for a controller without the role for it. */
    DenialStatus left() {
        long open = OneStatement.run(pool, LEFT)
                .await()
                .atMost(TIMEOUT)
                .iterator()
                .next()
                .getLong("left_open");
        return new DenialStatus(open, open, Optional.of("mesos-iam.revoke.role-name is not set on this controller"));
    }

    /** Claims a row that is due; empty if none is. */
    Optional<Claimed> claim() {
        RowSet<Row> rows = OneStatement.run(pool, CLAIM).await().atMost(TIMEOUT);
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(claimed(rows.iterator().next()));
    }

    private static Claimed claimed(Row row) {
        Denial denial = new Denial(
                row.getUUID("id"),
                new IamRole(row.getString("iam_role_arn")),
                Arrays.asList(row.getArrayOfStrings("session_names")),
                Optional.ofNullable(row.getOffsetDateTime("issued_before")).map(OffsetDateTime::toInstant));
        return new Claimed(denial, row.getBoolean("is_over"));
    }

    /** Records that AWS has the inline policy. */
    void applied(UUID id) {
        run(APPLIED, Tuple.of(id, controllerId));
    }

    /** Records that AWS no longer has the inline policy. */
    void removed(UUID id) {
        run(REMOVED, Tuple.of(id, controllerId));
    }

    /** Records a failure; the row is due again after 5 s, doubled with each failure to at most 5 min. */
    void failed(UUID id, String error) {
        run(FAILED, Tuple.of(id, OneLine.start(error, LONGEST_ERROR)));
    }

    private void run(String sql, Tuple values) {
        OneStatement.run(pool, sql, values).await().atMost(TIMEOUT);
    }
}
