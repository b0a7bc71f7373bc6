package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.mesosiam.ownership.ControllerId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials are revoked by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class RevocationTest extends RevocationFixture {
    @ConfigProperty(name = "mesos-iam.channel.controller-id")
    Optional<String> controllerId;

    @Test
    void revokedLeaseIsWithdrawnAndTheAnswerSaysUntilWhenCopiedKeysAreValid() throws SQLException {
        UUID lease = lease("job-7", "job-7@f");

        String id = revoke("{\"leaseId\": \"" + lease + "\"}")
                .then()
                .statusCode(201)
                .body("leases", equalTo(1))
                .body("keysValidUntil", equalTo("2099-01-02T03:04:05Z"))
                .body("deniedIamRoles", empty())
                .body(
                        "note",
                        containsString(
                                "Keys that a task has copied stay valid until their expiry, the last at 2099-01-02T03:04:05Z"))
                .extract()
                .path("id");

        assertThat(one(
                        "select concat_ws(' ', framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, reason) from withdrawal where id = '"
                                + id + "'"))
                .isEqualTo(framework + " job-7 agent-1 default INC-17");
        assertThat(one(
                        "select count(*) from audit_event where kind = 'withdrawal.created' and detail ->> 'reason' = 'INC-17' and message like '%"
                                + id + "%'"))
                .isEqualTo("1");
    }

    /** Of the controller of all tests. */
    @AfterEach
    void noHostIsConnected() throws SQLException {
        execute("delete from agent");
    }

    @Test
    void answerNamesTheHostsWithoutAControllerThatMayServeTheLeasesUntilTheyExpire() throws SQLException {
        String host = "host-" + UUID.randomUUID();
        for (int i = 10; i < 14; i++) {
            leaseOn(host + "-" + i, ControllerId.of(controllerId).value(), "now() + interval '1 s'");
            leaseOn(host + "-" + (i + 4), "a controller that was killed", "null");
            leaseOn(host + "-" + (i + 8), "a controller that was killed", "now() - interval '1 s'");
        }
        leaseOn(host + "-connected", ControllerId.of(controllerId).value(), "null");
        leaseOn(host + "-again", ControllerId.of(controllerId).value(), "now() - interval '1 s'");
        String target = "{\"iamRoleArn\": \"" + role + "\"}";

        given().queryParam("reason", "INC-17")
                .queryParam("dryRun", "server")
                .contentType(ContentType.JSON)
                .body(target)
                .post("/api/v1/revocations")
                .then()
                .statusCode(200)
                .body("endedLater.leases", equalTo(12));
        revoke(target)
                .then()
                .statusCode(201)
                .body("leases", equalTo(14))
                .body("endedLater.leases", equalTo(12))
                .body("endedLater.hosts", equalTo(12))
                .body("endedLater.hostnames", hasSize(10))
                .body("endedLater.hostnames[0]", equalTo(host + "-10"))
                .body("endedLater.servedUntil", equalTo("2099-01-02T03:04:05Z"))
                .body("note", containsString("12 leases are on 12 hosts that are connected to no controller: " + host))
                .body("note", containsString(" and others. "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            state = 'renewing'                                                                   | renewal has begun
            renew_at = now()                                                                     | renewal is due
            state = 'pending', reason = 'x', expiration = null                                   | first session is requested
            state = 'failed', reason = 'x', retry_at = now()                                     | failed renewal is tried again
            """)
    void keysCanBeValidAsLongAsASessionThatStsMayBeIssuingNow(String sets, String why) throws SQLException {
        UUID lease = lease("job-7", "job-7@f");
        execute(
                "update lease set expiration = now() + interval '10 minutes', renew_at = now() + interval '5 minutes' where id = '"
                        + lease + "'");
        execute("update lease set " + sets + " where id = '" + lease + "'");

        String until =
                revoke("{\"leaseId\": \"" + lease + "\"}").then().extract().path("keysValidUntil");

        assertThat(one("select '" + until + "'::timestamptz > now() + interval '11 hours'"))
                .as(why)
                .isEqualTo("t");
        given().queryParam("filter", "{\"frameworkId\": \"" + framework + "\"}")
                .get("/api/v1/revocations")
                .then()
                .body("items.revoked.keysValidUntil", contains(until));
    }

    @Test
    void untilWhenKeysWorkIsAnsweredAlsoAfterTheLeasesHaveEnded() throws SQLException {
        UUID lease = lease("job-7", "job-7@f");
        String target = "{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\"}";
        String id = revoke(target).path("id");
        execute("update lease set state = 'reaped', reason = 'withdrawn', reaped_at = now() where id = '" + lease
                + "'");

        revoke(target)
                .then()
                .statusCode(200)
                .body("leases", equalTo(0))
                .body("keysValidUntil", equalTo("2099-01-02T03:04:05Z"));
        given().get("/api/v1/revocations/" + id).then().body("revoked.keysValidUntil", equalTo("2099-01-02T03:04:05Z"));
        given().queryParam("reason", "over")
                .post("/api/v1/withdrawals/" + id + "/lift")
                .then()
                .body("keysValidUntil", equalTo("2099-01-02T03:04:05Z"));
        given().queryParam(
                        "filter",
                        "{\"keysValidUntil\": \"2099-01-02T03:04:05Z\", \"frameworkId\": \"" + framework + "\"}")
                .queryParam("sort", "keysValidUntil")
                .get("/api/v1/revocations")
                .then()
                .body("items.revoked.id", contains(id));
    }

    @Test
    void policyAndAgentAreRevokedOnce() throws SQLException {
        UUID lease = lease("job-7", "job-7@f");
        String policy = one("select policy_id from lease where id = '" + lease + "'");

        revoke("{\"policyId\": \"" + policy + "\"}").then().statusCode(201).body("leases", equalTo(1));
        revoke("{\"policyId\": \"" + policy + "\"}").then().statusCode(200).body("leases", equalTo(1));
        String agent = "agent-" + UUID.randomUUID();
        execute("insert into agent (mesos_agent_id, hostname) values ('" + agent + "', 'host1')");
        revoke("{\"mesosAgentId\": \"" + agent + "\"}")
                .then()
                .statusCode(201)
                .body("leases", equalTo(0))
                .body("$", not(hasKey("keysValidUntil")));
        revoke("{\"mesosAgentId\": \"" + agent + "\"}").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"leaseId", "policyId", "mesosAgentId"})
    void whatNeverExistedIsAWrongField(String field) throws SQLException {
        String id = UUID.randomUUID().toString();
        String body = "{\"" + field + "\": \"" + id + "\"}";

        revoke(body)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", contains(field))
                .body("errors.message", contains(containsString("has never existed")));
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/v1/revocations")
                .then()
                .statusCode(400)
                .body("errors.field", containsInAnyOrder("reason", field));
        assertThat(one("select count(*) from withdrawal where '" + id + "' in (policy_id::text, mesos_agent_id)"))
                .isEqualTo("0");
    }

    @Test
    void taskOrRoleWithoutALeaseIsRevokedWithAWarning() throws SQLException {
        lease("job-7", "job-7@f");
        for (String target : List.of(
                "{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-8\"}",
                "{\"iamRoleArn\": \"" + role + "-other\"}")) {
            revoke(target)
                    .then()
                    .statusCode(201)
                    .body("leases", equalTo(0))
                    .body("warnings", hasItem(containsString("covers no live lease")));
        }
        revoke("{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\"}")
                .then()
                .statusCode(201)
                .body("warnings", not(hasItem(containsString("covers no live lease"))));
    }

    @Test
    void revocationThatEndsManyLeasesNeedsAtLeastTheirNumber() throws SQLException {
        execute(
                "insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,"
                        + " policy_id, identity_hash, session_name, witnessed, created_at, state, expiration, renew_at)"
                        + " select gen_random_uuid(), '" + framework + "', 'many-' || n, 'agent-1', 1, 'default', '"
                        + role
                        + "', gen_random_uuid(), repeat('0', 64), 'many', true, now(), 'active', '2099-01-02 03:04:05+00',"
                        + " '2099-01-02 03:00:00+00' from generate_series(1, 150) n");
        String target = "{\"iamRoleArn\": \"" + role + "\"}";
        try {
            revoke(target, Map.of())
                    .then()
                    .statusCode(409)
                    .body("code", equalTo("blast-radius"))
                    .body("leasesEnded", equalTo(150))
                    .body("detail", containsString("confirm=150"));
            revoke(target, Map.of("confirm", 149)).then().statusCode(409);
            revoke(target, Map.of("dryRun", "server"))
                    .then()
                    .statusCode(200)
                    .body("leasesEnded", equalTo(150))
                    .body("liveLeases", greaterThanOrEqualTo(150))
                    .body("keysValidUntil", equalTo("2099-01-02T03:04:05Z"))
                    .body("objection", containsString("confirm=150"))
                    .body("warnings", not(hasItem(containsString("covers no live lease"))));
            given().contentType(ContentType.JSON)
                    .queryParam("reason", "INC-17")
                    .body(target)
                    .post("/api/v1/withdrawals")
                    .then()
                    .statusCode(409)
                    .body("leasesEnded", equalTo(150));
            assertThat(one("select count(*) from withdrawal where iam_role_arn = '" + role + "'"))
                    .isEqualTo("0");

            revoke("{\"frameworkId\": \"" + framework + "\", \"taskId\": \"many-1\"}", Map.of())
                    .then()
                    .statusCode(201);
            revoke(target, Map.of("confirm", 1_000_000)).then().statusCode(201).body("leases", equalTo(150));
            revoke(target, Map.of()).then().statusCode(200);
        } finally {
            execute("delete from lease where iam_role_arn = '" + role + "'");
        }
    }

    @Test
    void everyWrongFieldIsNamed() {
        revoke("{\"leaseId\": \"x\", \"iamRoleArn\": \"role\", \"taskId\": \"t\", \"hard\": 1, \"colour\": 1}")
                .then()
                .statusCode(422)
                .body("errors.field", hasItems("leaseId", "iamRoleArn", "frameworkId", "hard", "colour"));
        revoke("{}").then().statusCode(422).body("errors.message", hasItems(containsString("exactly one of")));
        revoke("{\"mesosAgentId\": \"a\", \"iamRoleArn\": \"" + role + "\"}")
                .then()
                .statusCode(422);
        given().contentType(ContentType.JSON)
                .body("{\"mesosAgentId\": \"a\"}")
                .post("/api/v1/revocations")
                .then()
                .statusCode(400)
                .body("errors.field", hasItems("reason"));
    }

    /** @param disconnected when the host's last stream ended, as SQL */
    private void leaseOn(String host, String controller, String disconnected) throws SQLException {
        UUID lease = lease("job-" + host, "job@" + host);
        execute(
                "insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at, disconnected_at)"
                        + " values ('" + host + "', '" + host + "', 1, '" + controller + "', 'connected', now(), "
                        + disconnected
                        + ")");
        execute("update lease set mesos_agent_id = '" + host + "' where id = '" + lease + "'");
    }
}
