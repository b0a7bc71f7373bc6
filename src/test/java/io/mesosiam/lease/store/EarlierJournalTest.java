package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.WriteFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * During a rolling upgrade, controllers of the earlier version write their journal to the migrated database. The
 * statements here are those of earlier versions, literally: never adapt one to a migration.
 */
class EarlierJournalTest {
    private static final TestDatabase DB = TestPostgres.database();

    /** Since the audit trail is partitioned. */
    static final String EVENT = """
            insert into audit_event (reported_at, kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence,
                container_id, credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id,
                policy_version)
            values ($1, $2, $3, $4::text, $5::text, $6::text, $7, $8::text, $9::text, $10, $11, $12::text, $13, $14, $15, $16)
            on conflict do nothing""";

    /** Before the audit trail was partitioned. */
    static final String EVENT_BEFORE_PARTITIONS = """
            insert into audit_event (reported_at, kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence,
                container_id, credential_name, lease_id, policy_id, iam_role_arn, message, detail, entry_id,
                policy_version)
            values ($1, $2, $3, $4::text, $5::text, $6::text, $7, $8::text, $9::text, $10, $11, $12::text, $13, $14, $15, $16)
            on conflict (entry_id) where entry_id is not null do nothing""";

    /** Before leases had the version of their policy. */
    private static final String LEASE_BEFORE_POLICY_VERSIONS = """
            insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,
                policy_id, identity_hash, session_name, witnessed, container_id, created_at, until, state, reason,
                expiration, renew_at, attempts, retry_at, revision, reaped_at, epoch)
            values ($1, $2::text, $3::text, $4::text, $5, $6::text, $7::text, $8, $9, $10, $11, $12::text, $13, $14, $15,
                $16, $17, $18, $19, $20, $21, $22, $23)
            on conflict (id) do update set policy_id = excluded.policy_id, container_id = excluded.container_id,
                until = excluded.until, state = excluded.state, reason = excluded.reason, expiration = excluded.expiration,
                renew_at = excluded.renew_at, attempts = excluded.attempts, retry_at = excluded.retry_at,
                revision = excluded.revision, reaped_at = excluded.reaped_at, epoch = excluded.epoch
            where lease.state <> 'reaped' and lease.revision <= excluded.revision""";

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void eventIsWrittenOnceBySeparateStatements() {
        Tuple event = event(UUID.randomUUID(), "once");
        run(EVENT, event);
        run(EVENT, event);

        assertThat(DB.query("select outcome from audit_event where task_id = 'once'"))
                .containsExactly("done");
    }

    @Test
    void leaseIsWrittenAndUpdatedWithoutAPolicyVersion() {
        UUID id = UUID.randomUUID();
        run(LEASE_BEFORE_POLICY_VERSIONS, lease(id, 1));
        run(LEASE_BEFORE_POLICY_VERSIONS, lease(id, 2));

        assertThat(DB.query("select revision || ' ' || (policy_version is null) from lease where id = '" + id + "'"))
                .containsExactly("2 true");
        assertThat(new LeaseTable(DB.pool()).live()).hasSize(1);
    }

    /**
     * PostgreSQL finds the index that ON CONFLICT names on the partitioned table only, and an index that is unique there
     * contains the month. Such a controller's journal waits, as for every other schema: see docs/audit.md.
     */
    @Test
    void controllerFromBeforeThePartitionsFindsAnotherSchemaAndLosesNoPartOfAnEntry() {
        Throwable refused = catchThrowable(() -> run(EVENT_BEFORE_PARTITIONS, event(UUID.randomUUID(), "before")));

        assertThat(refused).isInstanceOfSatisfying(PgException.class, e -> assertThat(e.getSqlState())
                .isEqualTo("42P10"));
        assertThat(WriteFailure.of(refused)).isEqualTo(WriteFailure.SCHEMA);
    }

    private static void run(String sql, Tuple values) {
        DB.pool().preparedQuery(sql).executeBatch(List.of(values)).await().atMost(TimeLimit.seconds(10));
    }

    static Tuple event(UUID entry, String task) {
        return Tuple.tuple()
                .addValue(now())
                .addValue("lease.issued")
                .addValue("us")
                .addValue("F1")
                .addValue(task)
                .addValue("S1")
                .addValue(1L)
                .addValue("c-" + task)
                .addValue("default")
                .addValue(entry)
                .addValue(entry)
                .addValue("arn:aws:iam::123456789012:role/a")
                .addValue("session until 2026-01-01T01:00:00Z")
                .addValue(new JsonObject().put("witnessed", true).put("selfAsserted", false))
                .addValue(entry)
                .addValue(1L);
    }

    private static Tuple lease(UUID id, long revision) {
        return Tuple.tuple()
                .addValue(id)
                .addValue("F1")
                .addValue("t-earlier")
                .addValue("S1")
                .addValue(1L)
                .addValue("default")
                .addValue("arn:aws:iam::123456789012:role/a")
                .addValue(id)
                .addValue("ab".repeat(32))
                .addValue("a-session")
                .addValue(true)
                .addValue("c1")
                .addValue(now())
                .addValue(null)
                .addValue("active")
                .addValue(null)
                .addValue(now())
                .addValue(now())
                .addValue(0)
                .addValue(null)
                .addValue(revision)
                .addValue(null)
                .addValue(2L);
    }

    private static OffsetDateTime now() {
        return NOW.atOffset(ZoneOffset.UTC);
    }
}
