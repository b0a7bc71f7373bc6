package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What controllers, administration and the owner may do with the tables of enrolment, and what is never changed. */
class EnrolmentRightsTest {
    private static final TestDatabase DB = TestPostgres.database();

    @BeforeEach
    void aTokenAndAHost() {
        DB.execute("truncate authority, join_token, host, host_certificate, ec2_instance, agent");
        DB.execute("insert into authority (kind, certificate, fingerprint, expires_at)"
                + " values ('root', sha512('r'), sha256(sha512('r')), now())");
        DB.execute("insert into join_token (hash, hostname, expires_at)"
                + " values (sha256('t'), 'host1.example', now() + interval '1 hour')");
        DB.execute("insert into host (hostname) values ('host1.example')");
        DB.execute("insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, expires_at)"
                + " values ('ab', 'host1.example', sha256('k'), sha256('i'), 'rotation', now() + interval '1 day')");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void controllerEnrolsAHost() throws SQLException {
        as(
                "mesos_iam_app",
                "select * from authority",
                "select * from join_token for update",
                "insert into host (hostname) values ('host2.example') on conflict do nothing",
                "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, expires_at)"
                        + " values ('cd', 'host2.example', sha256('k'), sha256('i'), 'rotation', now() + interval '1 day')",
                "update join_token set used = used + 1");

        assertThat(DB.query("select used from join_token")).containsExactly("1");
    }

    @Test
    void administrationMakesTokensAndEvictsHosts() throws SQLException {
        as(
                "mesos_iam_admin",
                "insert into join_token (id, hash, hostname, uses, expires_at)"
                        + " values (gen_random_uuid(), sha256('u'), '*.hosts.example', 5, now() + interval '1 hour')",
                "update join_token set revoked_at = now()",
                "insert into host (hostname, evicted_at, eviction_reason) values ('host1.example', now(), 'stolen')"
                        + " on conflict (hostname) do update set evicted_at = now(), eviction_reason = excluded.eviction_reason");

        assertThat(DB.query("select count(*) from join_token where revoked_at is not null"))
                .containsExactly("2");
        assertThat(DB.query("select evicted_at is not null from host_certificate"))
                .containsExactly("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mesos_iam_app   | insert into authority (kind, certificate, fingerprint, expires_at) values ('root', sha512('x'), sha256(sha512('x')), now())
            mesos_iam_admin | insert into authority (kind, certificate, fingerprint, expires_at) values ('root', sha512('x'), sha256(sha512('x')), now())
            mesos_iam_admin | select sealed_key from authority
            mesos_iam_app   | delete from authority
            mesos_iam_app   | insert into join_token (hash, hostname, expires_at) values (sha256('x'), 'host1.example', now() + interval '1 hour')
            mesos_iam_app   | update host set evicted_at = null
            mesos_iam_app   | update host_certificate set evicted_at = null
            mesos_iam_app   | delete from host_certificate
            mesos_iam_admin | insert into host_certificate (serial) values ('ef')
            mesos_iam_admin | update join_token set used = 0
            mesos_iam_app   | update ec2_instance set public_key_hash = null
            mesos_iam_app   | update ec2_instance set enrolled_at = now()
            mesos_iam_app   | delete from ec2_instance
            mesos_iam_admin | update ec2_instance set suspended_at = null
            mesos_iam_admin | select readmit_after_termination('host1.example')
            """)
    void otherWritesAreRefused(String role, String sql) {
        assertThatThrownBy(() -> as(role, sql)).hasMessageContaining("permission denied");
    }

    @Test
    void controllerSuspendsAndTerminatesAnInstanceAndRemovesNeither() throws SQLException {
        as(
                "mesos_iam_app",
                "insert into ec2_instance (account, region, instance_id, hostname, launched_at, addresses)"
                        + " values ('111122223333', 'eu-central-1', 'i-00000001', 'host1.example', now(), '{10.0.0.1}')",
                "update ec2_instance set state = 'stopped', suspended_at = now()");
        as("mesos_iam_app", "update ec2_instance set suspended_at = null");
        assertThat(DB.query("select suspended_at is not null from ec2_instance"))
                .containsExactly("t");

        as("mesos_iam_app", "update ec2_instance set terminated_at = '2020-01-01'");

        assertThat(DB.query("select state || (terminated_at > now() - interval '1 hour') from ec2_instance"))
                .containsExactly("terminatedtrue");
        assertThatThrownBy(() -> as("mesos_iam_app", "update ec2_instance set terminated_at = null"))
                .hasMessageContaining("never after it is terminated");
    }

    @Test
    void controllerReleasesNoSuspendedInstanceByTheTerminationOfAnother() throws SQLException {
        as(
                "mesos_iam_app",
                "insert into ec2_instance (account, region, instance_id, hostname, launched_at, addresses)"
                        + " values ('111122223333', 'eu-central-1', 'i-00000001', 'host1.example', now(), '{10.0.0.1}')",
                "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, instance, expires_at)"
                        + " select 'cd', hostname, sha256('k'), sha256('i'), 'ec2', id, now() + interval '1 day' from ec2_instance",
                "update ec2_instance set suspended_at = now()",
                "insert into host (hostname) values ('host2.example')",
                "insert into ec2_instance (account, region, instance_id, hostname, launched_at, addresses)"
                        + " values ('111122223333', 'eu-central-1', 'i-00000002', 'host2.example', now(), '{}')",
                "update ec2_instance set terminated_at = now() where instance_id = 'i-00000002'",
                "update ec2_instance set hostname = 'host2.example' where instance_id = 'i-00000001'",
                "select readmit_after_termination('host2.example')");

        assertThat(DB.query("select evicted_at is null from host where hostname = 'host2.example'"))
                .containsExactly("t");
        assertThat(DB.query("select suspended_at is not null and public_key_hash is not null from ec2_instance"
                        + " where instance_id = 'i-00000001'"))
                .containsExactly("t");
        DB.execute("update host set evicted_at = now(), eviction_reason = 'x' where hostname = 'host2.example'");
        DB.execute("update host set evicted_at = null, eviction_reason = null where hostname = 'host2.example'");
        assertThat(DB.query("select suspended_at is null and public_key_hash is null from ec2_instance"
                        + " where instance_id = 'i-00000001'"))
                .containsExactly("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update authority set expires_at = now() + interval '1 day'                  | an authority is never changed
            update join_token set hostname = 'host2.example'                            | a join token is never changed
            update join_token set used = 1; update join_token set used = 0              | a join token is never changed
            update host set hostname = 'host2.example'                                  | the name of a host is never changed
            update host_certificate set expires_at = now() + interval '2 days'          | the record of a certificate is never changed
            """)
    void contentIsNeverChanged(String sql, String message) {
        assertThatThrownBy(() -> DB.execute(sql)).hasMessageContaining(message);
    }

    @Test
    void evictedHostGetsNoCertificate() {
        DB.execute("update host set evicted_at = '2020-01-01', eviction_reason = 'stolen'");

        assertThatThrownBy(
                        () -> DB.execute(
                                "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, expires_at)"
                                        + " values ('ef', 'host1.example', sha256('k'), sha256('i'), 'rotation', now() + interval '1 day')"))
                .hasMessageContaining("host host1.example is evicted");
        assertThat(DB.query("select evicted_by || (evicted_at > now() - interval '1 hour') from host"))
                .containsExactly("postgrestrue");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update host set eviction_reason = 'sold'",
                "insert into host (hostname, evicted_at, eviction_reason) values ('host1.example', now(), 'sold')"
                        + " on conflict (hostname) do update set evicted_at = now(), eviction_reason = excluded.eviction_reason"
            })
    void changeOfTheReasonOfAnEvictionIsAudited(String change) throws SQLException {
        DB.execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
        as("mesos_iam_admin", change, change);

        assertThat(DB.query("select concat_ws(', ', actor, message, detail ->> 'formerReason', detail ->> 'reason')"
                        + " from audit_event where kind = 'host.evicted' order by id desc limit 2"))
                .containsExactly(
                        "database:postgres, host host1.example evicted for another reason: sold, stolen, sold",
                        "database:postgres, host host1.example evicted: stolen, stolen");
        assertThat(DB.query("select evicted_by || ' ' || eviction_reason from host where hostname = 'host1.example'"))
                .containsExactly("postgres sold");
    }

    @Test
    void deletionOfATokenThatExpiredLongAgoIsTheDatabasesOwn() throws SQLException {
        String id = DB.query("select id from join_token").getFirst();
        DB.execute("alter table join_token disable trigger user");
        DB.execute(
                "update join_token set made_at = now() - interval '32 days', expires_at = now() - interval '31 days'");
        DB.execute("alter table join_token enable trigger user");

        as(
                "mesos_iam_admin",
                "select set_config('mesos_iam.caller', 'token:ci', false), set_config('mesos_iam.reason', 'a new host', false),"
                        + " set_config('mesos_iam.request_id', 'r-1', false)",
                "insert into join_token (hash, hostname, expires_at) values (sha256('new'), 'host2.example', now() + interval '1 hour')");

        assertThat(DB.query("select concat_ws(', ', kind, actor, request_id, detail ->> 'reason') from audit_event"
                        + " where kind like 'join-token.%' order by id desc limit 2"))
                .containsExactlyInAnyOrder(
                        "join-token.created, token:ci, r-1, a new host",
                        "join-token.deleted, database:postgres, it expired more than 30 days ago");
        assertThat(DB.query(
                        "select object from audit_event where kind = 'join-token.deleted' order by id desc limit 1"))
                .containsExactly("join-token:" + id);
    }

    private static void as(String role, String... statements) throws SQLException {
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role " + role);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
