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
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.not;

import io.mesosiam.ownership.ControllerId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials are revoked by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class RevocationTest {
    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String url;

    @ConfigProperty(name = "quarkus.datasource.username")
    String user;

    @ConfigProperty(name = "quarkus.datasource.password")
    String password;

    @ConfigProperty(name = "mesos-iam.channel.controller-id")
    Optional<String> controllerId;

    private final String framework = "f-" + UUID.randomUUID();
    private final String role = "arn:aws:iam::123456789012:role/mesos/r-" + UUID.randomUUID();

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

    @Test
    void hardRevocationOfATaskDeniesItsSessionsByName() throws SQLException {
        lease("job-7", "job-7@f");
        lease("job-8", "job-8@f");

        revoke("{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\", \"hard\": true}")
                .then()
                .statusCode(201)
                .body("leases", equalTo(1))
                .body("deniedIamRoles", contains(role));

        assertThat(one(
                        "select array_to_string(session_names, ' ') || ' ' || (remove_after - requested_at) from session_denial where iam_role_arn = '"
                                + role + "'"))
                .isEqualTo("job-7@f 12:06:00");
    }

    @Test
    void denialThatIsRequestedLaterHasAnEventOfItsOwnRequest() throws SQLException {
        lease("job-7", "job-7@f");
        String target = "\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\"";
        String id = revoke("{" + target + "}").then().statusCode(201).extract().path("id");

        given(SignedIn.token("operator"))
                .contentType(ContentType.JSON)
                .queryParam("reason", "INC-18")
                .queryParam("confirm", 1_000)
                .header("X-Request-Id", "hard-" + framework)
                .body("{" + target + ", \"hard\": true}")
                .post("/api/v1/revocations")
                .then()
                .statusCode(200)
                .body("deniedIamRoles", contains(role));

        assertThat(one(
                        "select string_agg(concat_ws(' ', actor, request_id, detail ->> 'reason', iam_role_arn, detail -> 'sessionNames'), ',')"
                                + " from audit_event where kind = 'session.denial-requested' and object = 'withdrawal:"
                                + id + "'"))
                .isEqualTo("token:operator hard-" + framework + " INC-18 " + role + " [\"job-7@f\"]");
        assertThat(one("select requested_by from session_denial where withdrawal_id = '" + id + "'"))
                .isEqualTo("token:operator");
    }

    /** Rows by SQL that look as if their sessions were denied, of all sessions and of those of a name. */
    @Test
    void rowThatNoControllerWorksOnTakesTheDenialFromNoRevocation() throws SQLException {
        lease("job-7", "job-7@f");
        String target = "{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\", \"hard\": true}";
        String id = revoke(target.replace("true", "false")).path("id");
        for (String forged : List.of(
                "'{}', '2999-01-01', now(), '2999-01-01'",
                "'{}', '2999-01-01', null, '-infinity'",
                "'{job-7@f}', '-infinity', null, '2999-01-01'")) {
            execute(
                    "insert into session_denial (withdrawal_id, iam_role_arn, session_names, issued_before, applied_at, remove_after)"
                            + " values ('" + id + "', '" + role + "', " + forged + ")");
        }
        assertThat(one("select count(*) from session_denial where iam_role_arn = '" + role
                        + "' and (applied_at is not null or issued_before > now() + interval '1 minute'"
                        + " or remove_after > now() + interval '13 hours')"))
                .isEqualTo("0");
        execute("update session_denial set issued_before = now() - interval '1 second' where iam_role_arn = '" + role
                + "' and session_names = '{}' and remove_after > now() + interval '1 hour'");

        revoke(target).then().statusCode(200).body("deniedIamRoles", contains(role));
        revoke("{\"iamRoleArn\": \"" + role + "\", \"hard\": true}").then().body("deniedIamRoles", contains(role));

        assertThat(
                        one(
                                "select string_agg(array_to_string(session_names, ' '), ',' order by session_names desc)"
                                        + " from session_denial where iam_role_arn = '" + role
                                        + "' and removed_at is null and issued_before > now() and remove_after > now() + interval '12 hours'"))
                .isEqualTo("job-7@f,");
    }

    @Test
    void sessionThatAnotherLeaseSharesIsDeniedOnlyWithTheWholeRole() throws SQLException {
        UUID lease = lease("job-7", "shared");
        lease("job-8", "shared");

        revoke("{\"leaseId\": \"" + lease + "\", \"hard\": true}")
                .then()
                .statusCode(409)
                .body("detail", containsString("revoke the IAM role"));
        assertThat(one("select count(*) from withdrawal where framework_id = '" + framework + "'"))
                .isEqualTo("0");

        revoke("{\"iamRoleArn\": \"" + role + "\", \"hard\": true}")
                .then()
                .statusCode(201)
                .body("leases", equalTo(2))
                .body("deniedIamRoles", contains(role));
        assertThat(one(
                        "select issued_before is not null and session_names = '{}' and remove_after > now() + interval '11 hours'"
                                + " from session_denial where iam_role_arn = '" + role + "'"))
                .isEqualTo("t");
    }

    @Test
    void revocationIsShownWithHowFarItsDenialsHaveCome() throws SQLException {
        lease("job-7", "job-7@f");
        String id = revoke("{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\", \"hard\": true}")
                .path("id");
        String path = "/api/v1/revocations/" + id;

        given().get(path)
                .then()
                .statusCode(200)
                .body("state", equalTo("standing"))
                .body("revoked.id", equalTo(id))
                .body("revoked.taskId", equalTo("job-7"))
                .body("denials.iamRoleArn", contains(role))
                .body("denials[0].sessionNames", contains("job-7@f"))
                .body("denials[0].state", in(List.of("requested", "failing")));
        execute(
                "update session_denial set attempts = 3, last_error = 'AccessDenied', applied_at = null where withdrawal_id = '"
                        + id + "'");
        given().get(path).then().body("denials[0].state", equalTo("failing"));
        execute("update session_denial set applied_at = now() where withdrawal_id = '" + id + "'");
        given().get(path).then().body("denials[0].state", equalTo("active"));
        execute("update session_denial set removed_at = now() where withdrawal_id = '" + id + "'");
        given().get(path).then().body("denials[0].state", equalTo("removed"));
        given().queryParam("reason", "over")
                .post("/api/v1/withdrawals/" + id + "/lift")
                .then()
                .statusCode(200);

        given().queryParam("filter", "{\"frameworkId\": \"" + framework + "\", \"policyId\": null}")
                .get("/api/v1/revocations")
                .then()
                .statusCode(200)
                .body("items.state", contains("lifted"))
                .body("items[0].denials.state", contains("removed"));
        given().get("/api/v1/revocations/" + UUID.randomUUID()).then().statusCode(404);
        given().get("/api/v1/revocations/one").then().statusCode(400);
    }

    @Test
    void revocationShowsItsOpenAndNewestDenialsAndCountsTheOthers() throws SQLException {
        String id = revocationWithDenials("job-7", 150);

        given().get("/api/v1/revocations/" + id)
                .then()
                .body("denials.size()", equalTo(100))
                .body("denials[0].state", equalTo("requested"))
                .body("omittedDenials", equalTo(50));
        execute("delete from session_denial where withdrawal_id = '" + id + "'");
    }

    @Test
    void pageOfRevocationsEndsOnceTheirDenialsHaveAMebibyte() throws SQLException {
        List<String> tasks = List.of("job-1", "job-2", "job-3", "job-4", "job-5", "job-6");
        for (String task : tasks) {
            var unused = revocationWithDenials(task, 100);
        }
        List<String> found = new ArrayList<>();
        String cursor = null;
        do {
            var page = given().queryParam("filter", "{\"frameworkId\": \"" + framework + "\"}")
                    .queryParams(cursor == null ? Map.of() : Map.of("cursor", cursor))
                    .get("/api/v1/revocations?limit=1000");
            assertThat(page.asByteArray()).hasSizeLessThan(3 << 19);
            found.addAll(page.jsonPath().getList("items.revoked.taskId"));
            cursor = page.jsonPath().getString("next");
        } while (cursor != null);

        assertThat(found).containsExactlyInAnyOrderElementsOf(tasks);
        execute("delete from session_denial where last_error = repeat('e', 1024)");
    }

    /** The oldest denial is open and not due, the others are removed. Each has 3 KiB. */
    private String revocationWithDenials(String task, int denials) throws SQLException {
        lease(task, task + "@f");
        String id = revoke("{\"frameworkId\": \"" + framework + "\", \"taskId\": \"" + task + "\"}")
                .path("id");
        execute("insert into session_denial (withdrawal_id, iam_role_arn, session_names, remove_after)"
                + " select '" + id
                + "', 'arn:aws:iam::123456789012:role/' || repeat('p/', 290) || 'other', array(select repeat('x', 60) || n from generate_series(1, 20) n),"
                + " now() from generate_series(1, " + denials + ");"
                + " update session_denial set requested_at = now() - interval '1 day' * (1000 - i), retry_at = now() + interval '1 day',"
                + " applied_at = case when i > 1 then now() end, removed_at = case when i > 1 then now() end, last_error = repeat('e', 1024)"
                + " from (select id, row_number() over () as i from session_denial where withdrawal_id = '"
                + id + "') as made where made.id = session_denial.id");
        return id;
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

    /** One session may be under way while another one expires. A repeated request adds nothing. */
    @Test
    void denialLastsAsLongAsASessionThatIsIssuedAtTheSameTime() throws SQLException {
        UUID lease = lease("job-7", "job-7@f");
        execute("update lease set expiration = now() + interval '10 minutes', renew_at = now() where id = '" + lease
                + "'");

        for (int i = 0; i < 2; i++) {
            revoke("{\"leaseId\": \"" + lease + "\", \"hard\": true}").then().body("deniedIamRoles", contains(role));
        }

        assertThat(one("select count(*) filter (where remove_after > now() + interval '12 hours'"
                        + " and issued_before between now() and now() + interval '1 minute') || ' of ' || count(*)"
                        + " from session_denial where iam_role_arn = '" + role + "'"))
                .isEqualTo("1 of 1");
    }

    @Test
    void wholeRoleIsDeniedOnceAMinuteAndOnlyUnderAnArnThatPoliciesOrLeasesHave() throws SQLException {
        lease("job-7", "job-7@f");

        for (int i = 0; i < 3; i++) {
            revoke("{\"iamRoleArn\": \"" + role + "\", \"hard\": true}").then().body("deniedIamRoles", contains(role));
        }
        assertThat(one("select count(*) from session_denial where iam_role_arn = '" + role + "'"))
                .isEqualTo("1");

        String wrongPath = role.replace("role/mesos/", "role/");
        revoke("{\"iamRoleArn\": \"" + wrongPath + "\", \"hard\": true}")
                .then()
                .statusCode(409)
                .body("detail", containsString("correct its ARN"));
        assertThat(one("select count(*) from withdrawal where iam_role_arn = '" + wrongPath + "'"))
                .isEqualTo("0");
    }

    @Test
    void sessionsOfOneRoleAreDeniedWhileItsInlinePoliciesHaveSpace() throws SQLException {
        lease("job-7", "job-7@f");
        execute("insert into session_denial (withdrawal_id, iam_role_arn, session_names, remove_after)"
                + " select gen_random_uuid(), '" + role
                + "', array(select repeat('x', 60) || n from generate_series(1, 20) n),"
                + " now() + interval '1 hour' from generate_series(1, 6)");

        revoke("{\"frameworkId\": \"" + framework + "\", \"taskId\": \"job-7\", \"hard\": true}")
                .then()
                .statusCode(409)
                .body("detail", containsString("revoke the IAM role"));
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

    private static Response revoke(String body) {
        return revoke(body, Map.of("confirm", 1_000));
    }

    private static Response revoke(String body, Map<String, Object> parameters) {
        return given().contentType(ContentType.JSON)
                .queryParam("reason", "INC-17")
                .queryParams(parameters)
                .body(body)
                .post("/api/v1/revocations");
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

    private UUID lease(String task, String sessionName) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name,"
                            + " iam_role_arn, policy_id, identity_hash, session_name, witnessed, created_at, state, expiration, renew_at)"
                            + " values ('%s', '%s', '%s', 'agent-1', 1, 'default', '%s', gen_random_uuid(), repeat('0', 64), '%s', true, now(),"
                                    .formatted(id, framework, task, role, sessionName)
                            + " 'active', '2099-01-02 03:04:05+00', '2099-01-02 03:00:00+00')");
        }
        return id;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String one(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
