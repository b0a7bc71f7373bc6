package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit trail is partitioned by month; partitions are made ahead, and dropped after their retention. */
class AuditPartitionsTest {
    private static final String INSERT = "insert into audit_event (kind, actor) values ('lease.issued', 'c-1')";
    private final TestDatabase db = TestPostgres.database();

    @AfterEach
    void drop() {
        db.close();
    }

    @Test
    void anEventIsInThePartitionOfItsMonth() {
        db.execute(INSERT);

        assertThat(db.query(
                        "select tableoid::regclass = ('audit_event_' || to_char(now() at time zone 'UTC', 'YYYY_MM'))::regclass"
                                + " from audit_event"))
                .containsExactly("t");
    }

    @Test
    void partitionsAreMadeAheadOnce() {
        assertThat(db.query("select made from keep_audit_partitions(12, '400 days')"))
                .hasSize(10);
        assertThat(db.query("select made from keep_audit_partitions(12, '400 days')"))
                .isEmpty();
    }

    @Test
    void aMonthWithoutAPartitionRefusesNoEventAndGetsItsPartitionLater() {
        String thisMonth = db.query("select 'audit_event_' || to_char(now() at time zone 'UTC', 'YYYY_MM')")
                .getFirst();
        db.execute("drop table " + thisMonth);
        db.execute(INSERT);
        assertThat(db.query("select tableoid::regclass::text from audit_event")).containsExactly("audit_event_other");

        assertThat(db.query("select made from keep_audit_partitions(2, '400 days')"))
                .containsExactly(thisMonth);

        assertThat(db.query("select tableoid::regclass::text from audit_event")).containsExactly(thisMonth);
        db.execute(INSERT);
        assertThatThrownBy(() -> db.execute("update audit_event set actor = 'x'"))
                .hasMessageContaining("never changed");
    }

    @Test
    void aPartitionIsDroppedOnceItsLastEventIsOldEnough() {
        db.execute("select make_audit_partition('2020-01-01')");
        db.execute("select make_audit_partition(audit_month(now() - interval '6 months'))");

        assertThat(db.query("select dropped from keep_audit_partitions(2, '400 days')"))
                .containsExactly("audit_event_2020_01");
        assertThat(db.query("select dropped from keep_audit_partitions(2, '90 days')"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0, 400 days", "13, 400 days", "2, 89 days", "2, -1 days"})
    void theDatabaseDropsNothingYoungerThanItsOwnerAllows(int ahead, String retention) {
        assertThatThrownBy(() -> db.query("select * from keep_audit_partitions(%d, '%s')".formatted(ahead, retention)))
                .hasMessageMatching("(?s).*(months_ahead: 1 to 12|retention: at least 90 days).*");
    }

    @Test
    void theApplicationKeepsPartitionsByTheFunctionAlone() throws SQLException {
        db.execute("select make_audit_partition('2020-01-01')");
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role mesos_iam_app");
            for (String refused : List.of(
                    "drop table audit_event_2020_01",
                    "delete from audit_event_2020_01",
                    "insert into audit_event_2020_01 (kind, actor) values ('a', 'b')",
                    "update audit_retention set shortest = '1 day'",
                    "select make_audit_partition('2020-02-01')",
                    "truncate audit_event")) {
                assertThatThrownBy(() -> statement.execute(refused))
                        .as(refused)
                        .isInstanceOf(SQLException.class)
                        .satisfies(e ->
                                assertThat(((SQLException) e).getSQLState()).isEqualTo("42501"));
            }
            statement.execute("select * from keep_audit_partitions(2, '400 days')");
        }

        assertThat(db.query("select to_regclass('audit_event_2020_01') is null"))
                .containsExactly("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mesos_iam_app", "mesos_iam_admin"})
    void noRoleOfAControllerChangesOrRemovesAnEvent(String role) throws SQLException {
        db.execute("insert into audit_event (kind, actor) values ('policy.changed', 'token:ci')");
        String partition =
                db.query("select tableoid::regclass::text from audit_event").getFirst();
        List<String> before = db.query("select audit_event::text from audit_event");
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role " + role);
            for (String table : List.of("audit_event", partition, "audit_event_other")) {
                for (String refused : List.of(
                        "update %s set actor = 'token:other'",
                        "delete from %s",
                        "truncate %s",
                        "drop table %s",
                        "alter table %s disable trigger all",
                        "alter table %s rename to gone",
                        "alter table %s add column more text",
                        "create rule away as on insert to %s do instead nothing",
                        "alter table audit_event detach partition " + partition)) {
                    assertThatThrownBy(() -> statement.execute(refused.formatted(table)))
                            .as(refused + " " + table)
                            .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                    .isEqualTo("42501"));
                }
            }
            for (String refused : List.of(
                    "insert into " + partition + " (kind, actor) values ('a', 'b')",
                    "insert into audit_event_other (kind, actor) values ('a', 'b')",
                    "set session_replication_role = replica",
                    "create or replace function audit_event_written() returns trigger language plpgsql as 'begin return new; end'")) {
                assertThatThrownBy(() -> statement.execute(refused))
                        .as(refused)
                        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                .isEqualTo("42501"));
            }
        }

        assertThat(db.query("select audit_event::text from audit_event")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lease.refused   | c-1               | {}                                                               | refused  |       |             |
            lease.failed    | c-1               | {}                                                               | failed   |       |             |
            policy.changed  | oidc:alice        | {"subject": "/data/etl"}                                         | done     | oidc  |             | policy:/data/etl
            policy.changed  | database:bob      | {"subject": "etl"}                                               | done     |       |             | policy:etl
            sign-in.refused | address:192.0.2.7 | {"address": "192.0.2.7", "method": "GET", "path": "/api/v1/leases"} | refused |    | 192.0.2.7   | request:GET /api/v1/leases
            access.refused  | bootstrap         | {"address": "", "path": ""}                                      | refused  | bootstrap |         | 'request: '
            """)
    void outcomeSignInAddressAndObjectFollowFromTheEvent(
            String kind, String actor, String detail, String outcome, String signIn, String address, String object) {
        db.execute("insert into audit_event (kind, actor, detail) values ('%s', '%s', '%s')"
                .formatted(kind, actor, detail));

        assertThat(db.query("select format('%s|%s|%s|%s', outcome, sign_in, source_address, object) from audit_event"))
                .containsExactly(Stream.of(outcome, signIn, address, object)
                        .map(text -> text == null ? "" : text)
                        .collect(Collectors.joining("|")));
    }

    @Test
    void theMonthIsSetByTheDatabaseAlone() {
        assertThatThrownBy(() -> db.execute(
                        "insert into audit_event (kind, actor, month) values ('lease.issued', 'c-1', '2020-01-01')"))
                .hasMessageContaining("column month of audit_event is set by the database alone");
    }

    @Test
    void rowsRightsAndIdsOfBeforeAreKept() throws SQLException {
        try (TestDatabase old = TestPostgres.emptyDatabase()) {
            TestPostgres.migrateTo("15", old.jdbcUrl(), old.user(), old.password());
            old.execute(
                    "insert into audit_event (kind, actor, entry_id) values ('lease.issued', 'c-1', '2c1d9f4e-0000-4000-8000-000000000001')");
            old.execute("alter table audit_event disable trigger user");
            old.execute(
                    "insert into audit_event (kind, actor, occurred_at) values ('lease.reaped', 'c-2', '2024-02-29 23:59:59Z')");
            old.execute("alter table audit_event enable trigger user");
            old.execute("grant select on audit_event to public");
            List<String> before =
                    old.query("select id || ' ' || actor || ' ' || occurred_at from audit_event order by id");

            TestPostgres.migrate(old.jdbcUrl(), old.user(), old.password());

            assertThat(old.query("select id || ' ' || actor || ' ' || occurred_at from audit_event order by id"))
                    .isEqualTo(before);
            assertThat(old.query("select tableoid::regclass::text from audit_event where actor = 'c-2'"))
                    .containsExactly("audit_event_2024_02");
            assertThat(old.query(
                            "select string_agg(privilege, ',' order by privilege) from unnest(array['SELECT','INSERT','UPDATE','DELETE']) privilege"
                                    + " where has_table_privilege('mesos_iam_app', 'audit_event', privilege)"))
                    .containsExactly("INSERT,SELECT");
            old.execute(INSERT);
            assertThat(old.query("select count(distinct id) from audit_event")).containsExactly("3");
            assertThatThrownBy(() -> old.execute("insert into audit_event (kind, actor, entry_id)"
                            + " values ('lease.issued', 'c-1', '2c1d9f4e-0000-4000-8000-000000000001')"))
                    .hasMessageContaining("duplicate key");
        }
    }
}
