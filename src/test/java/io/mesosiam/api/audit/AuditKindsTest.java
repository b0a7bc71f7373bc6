package io.mesosiam.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditKindsTest {
    @ParameterizedTest
    @CsvSource({
        "policy.changed, true",
        "lease.issued, true",
        "policy.*, true",
        "pol*, true",
        "*, true",
        "policy.changed*, true",
        "policy, false",
        "policy., false",
        "policy.c, false",
        "Policy.changed, false",
        "polcy.*, false",
        "**, false",
    })
    void filterThatNoKindMatchesIsUnknown(String filter, boolean known) {
        assertThat(AuditKinds.areSelected(filter)).isEqualTo(known);
    }

    @ParameterizedTest
    @CsvSource({
        "token:ci, true",
        "oidc:alice@example.org, true",
        "'certificate:CN=ci,O=Example', true",
        "bootstrap, true",
        "controller-1.example, true",
        "controller:8443, true",
        "controller-1:a, true",
        "user:alice, false",
        "' ', false",
    })
    void actorOfAnotherFormIsUnknown(String actor, boolean known) {
        assertThat(actor.matches(AuditNames.ACTOR)).isEqualTo(known);
    }

    @Test
    void everyKindThatTheDatabaseWritesIsKnown() {
        try (TestDatabase db = TestPostgres.database()) {
            db.execute("insert into namespace (path) values ('/data')");
            db.execute("update namespace set description = 'x' where path = '/data'");
            db.execute("delete from namespace where path = '/data'");
            db.execute("insert into policy (name, effect, framework_name) values ('p', 'deny', 'f')");
            db.execute("update policy set priority = 1");
            db.execute("delete from policy");
            db.execute("insert into attribute_trust (framework_principal, attribute) values ('f', 'task_name')");
            db.execute("update attribute_trust set description = 'x'");
            db.execute("delete from attribute_trust");
            db.execute("insert into withdrawal (framework_id, reason) values ('f', 'x')");
            db.execute("insert into session_denial (withdrawal_id, iam_role_arn, issued_before, remove_after)"
                    + " values (gen_random_uuid(), 'arn:aws:iam::123456789012:role/web', now(), now())");
            db.execute("update withdrawal set lifted_at = now()");
            db.execute("delete from withdrawal");
            db.execute("insert into launch_grant (iam_role_arn, framework_principal, task_id, expires_at)"
                    + " values ('arn:aws:iam::123456789012:role/web', 'f', 't', now() + interval '1 hour')");
            db.execute("update launch_grant set ended_at = now()");
            db.execute("delete from launch_grant");
            db.execute("insert into api_token (name, hash, roles, expires_at)"
                    + " values ('t', sha256('x'), '{admin}', now() + interval '1 day')");
            db.execute("update api_token set revoked_at = now()");
            db.execute("delete from api_token");
            db.execute("insert into authority (kind, certificate, fingerprint, expires_at)"
                    + " values ('root', sha512('x'), sha256(sha512('x')), now())");
            db.execute("delete from authority");
            db.execute("insert into join_token (hash, hostname, expires_at)"
                    + " values (sha256('x'), 'host1.example', now() + interval '1 hour')");
            db.execute("update join_token set revoked_at = now()");
            db.execute("delete from join_token");
            db.execute("insert into host (hostname) values ('host1.example')");
            db.execute(
                    "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, expires_at)"
                            + " values ('ab', 'host1.example', sha256('k'), sha256('i'), 'rotation', now() + interval '1 day')");
            db.execute("update host set evicted_at = now(), eviction_reason = 'stolen'");
            db.execute("update host set evicted_at = null, eviction_reason = null");

            assertThat(db.query("select distinct kind from audit_event"))
                    .hasSize(27)
                    .isSubsetOf(AuditKinds.ALL);
            assertThat(db.query("select distinct object from audit_event"))
                    .hasSize(10)
                    .allMatch(object -> object.matches(AuditNames.OBJECT));
            assertThat(db.query("select distinct actor from audit_event"))
                    .isNotEmpty()
                    .allMatch(actor -> actor.matches(AuditNames.ACTOR));
        }
    }
}
