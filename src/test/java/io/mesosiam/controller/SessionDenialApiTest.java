package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.in;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Revocations that deny sessions at AWS, too, and how the API of a whole controller shows their denials. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class SessionDenialApiTest extends RevocationFixture {
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
}
