package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a caller reads whose request is refused: what is wrong, where, and what to do. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class ErrorMessagesTest {
    private static final String TEAM = "/api/v1/namespaces/e-data.team";
    private static final List<String> WITHOUT_REASON = List.of("/api/v1/tokens", "/api/v1/explanations");
    private static String teamAdmin = "";

    /** The namespaces {@code /e-data} and {@code /e-data/team}, and a token of the latter's administrator. */
    private static String teamAdmin() {
        if (teamAdmin.isEmpty()) {
            write("put", "/api/v1/namespaces/e-data", "{}").then().statusCode(201);
            write("put", TEAM, "{\"awsAccounts\": [\"123456789012\"]}").then().statusCode(201);
            teamAdmin = given().contentType(ContentType.JSON)
                    .body(Map.of(
                            "name",
                            "e-team",
                            "roles",
                            List.of("namespace-admin:/e-data/team"),
                            "expiresAt",
                            Instant.now().plus(Duration.ofHours(1)).toString()))
                    .post("/api/v1/tokens")
                    .then()
                    .statusCode(201)
                    .extract()
                    .path("token");
        }
        return teamAdmin;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            put    | namespaces/e-data.team                       | a role in /e-data/team does not suffice to change the namespace itself: this needs one of the roles admin, namespace-admin in /e-data or one above that
            put    | namespaces/e-data                            | a role in /e-data does not suffice to change the namespace itself: this needs one of the roles admin, namespace-admin in /
            put    | namespaces/-                                 | this needs the role admin in the namespace /
            put    | namespaces/e-data/policies/nightly           | this needs one of the roles admin, namespace-admin in the namespace /e-data, or in one above it
            get    | namespaces/e-data/policies                   | this needs one of the roles admin, auditor, namespace-admin, operator, viewer in the namespace /e-data, or in one above it
            post   | withdrawals                                  | this operation needs one of the roles admin, operator. Roles of the caller: see /api/v1/tokens/caller
            get    | tokens                                       | this operation needs one of the roles admin, auditor. Roles of the caller: see /api/v1/tokens/caller
            get    | who-can?iamRoleArn=x                         | this needs one of the roles admin, auditor, namespace-admin, operator, spawner, viewer in the namespace /
            """)
    void refusalForLackOfARoleNamesTheRolesAndTheNamespace(String method, String path, String detail) {
        write(teamAdmin(), method, "/api/v1/" + path, "{}")
                .then()
                .statusCode(403)
                .body("code", equalTo("not-allowed"))
                .body("detail", equalTo(detail));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            get    | namespaces/e-data.team/policies/absent         | there is no policy absent in namespace /e-data/team
            delete | namespaces/e-data.team/policies/absent         | there is no policy absent in namespace /e-data/team
            get    | namespaces/e-data.team/policies/absent/history | there is and was no policy absent in namespace /e-data/team
            get    | namespaces/e-data.team.absent                  | there is no namespace /e-data/team/absent
            delete | namespaces/e-data.team.absent                  | there is no namespace /e-data/team/absent
            get    | namespaces/e-data.team.absent/history          | there is and was no namespace /e-data/team/absent
            post   | namespaces/e-data.team/policies/absent/restore?version=2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55.1 | there is no version 2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55.1 of policy absent in namespace /e-data/team
            """)
    void absentObjectIsNamed(String method, String path, String detail) {
        write(teamAdmin(), method, "/api/v1/" + path, "{}")
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"))
                .body("detail", equalTo(detail));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            get    | attribute-trust/2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55    | there is no attribute trust with the id 2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55
            delete | attribute-trust/2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55    | there is no attribute trust with the id 2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55
            post   | withdrawals/2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55/lift   | there is no withdrawal with the id 2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55
            get    | tasks/f-absent/t-absent/explain                         | the cluster shows no task t-absent of framework f-absent, or none that your roles see
            get    | tasks/f-absent/t-absent/history                         | the audit trail has no event of task t-absent of framework f-absent, or none that your roles see
            """)
    void absentObjectOutsideOfNamespacesIsNamed(String method, String path, String detail) {
        write(method, "/api/v1/" + path, "{}").then().statusCode(404).body("detail", equalTo(detail));
    }

    @Test
    void tokenThatIsRevokedAlreadyIsNamed() {
        given().delete("/api/v1/tokens/2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55")
                .then()
                .statusCode(404)
                .body(
                        "detail",
                        equalTo(
                                "there is no token with the id 2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55, it is revoked already, or it"
                                        + " is not for you to revoke"));
        given().delete("/api/v1/tokens/" + SignedIn.token("admin"))
                .then()
                .statusCode(404)
                .body("detail", containsString("which is no UUID"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            put  | namespaces/-/policies/e-x | {"effect": "deny", "task_name": "x"}                         | task_name               | did you mean taskName?
            put  | namespaces/-/policies/e-x | {"effect": "deny", "colour": "x"}                            | colour                  | there are agentAttributes, credentialName,
            put  | namespaces/e-x            | {"iamRoleArn": []}                                           | iamRoleArn              | did you mean iamRoleArns?
            put  | attribute-trust/2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55 | {"frameworkPrincipal": "f", "attribute": "image", "keys": "x"} | keys | did you mean key?
            post | withdrawals               | {"frameworkID": "f"}                                         | frameworkID             | did you mean frameworkId?
            post | revocations               | {"leaseID": "f"}                                             | leaseID                 | did you mean leaseId?
            post | tokens                    | {"name": "e-x", "roles": ["viewer"], "expiresAt": "2026-01-02T03:04:05Z", "role": "viewer"} | role | did you mean roles?
            post | policies/apply            | {"changes": [{"kind": "policy", "action": "delete", "namespace": "/", "name": "x", "if-match": "*"}]} | changes[0].if-match | did you mean ifMatch?
            post | policies/apply            | {"changes": [], "chnges": []}                                | chnges                  | did you mean changes?
            post | explanations                 | {"frameworkName": "f", "taskname": "x"}                      | taskname                | did you mean taskName?
            """)
    void unknownFieldOfABodyIsAnsweredWithTheNearestOrAll(
            String method, String path, String body, String field, String hint) {
        Response answer = write(method, "/api/v1/" + path, body);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(422);
        assertThat(answer.jsonPath().getString("errors.find { it.field == '" + field + "' }.message"))
                .startsWith("is unknown: " + hint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            policies?filter={"policyid": null}    | filter | 'policyid' is unknown: did you mean policyId?
            policies?filter={"priority": "ten"}   | filter | 'priority' must be a whole number
            policies?filter={"priority"           | filter | must be a JSON object of fields and the values that they must have: it ends too early, at line 1, column 12
            policies?filter=7                     | filter | must be a JSON object of fields and the values that they must have: it is another JSON value
            policies?fields=name,nam              | fields | 'nam' is unknown: did you mean name?
            policies?sort=-prioriti               | sort   | 'prioriti' is unknown: did you mean priority?
            policies?limt=1                       | limt   | is unknown: did you mean limit?
            audit-events?object=etl               | object | must be policy:NAME for one of the namespace /, policy:/NAMESPACE/NAME for another, namespace:/PATH, attribute-trust:ID, launch-grant:ID, withdrawal:ID, token:NAME, host:NAME, host-role:ACCOUNT/NAME, join-token:ID, authority:FINGERPRINT, or request:METHOD PATH
            audit-events?actor=user:alice         | actor  | must be oidc:NAME, token:NAME, certificate:NAME, database:USER, address:ADDRESS, bootstrap, loopback, or a controller's id
            """)
    void wrongElementOfAParameterIsNamed(String path, String field, String message) {
        String[] parts = path.split("[?=]", 3);
        given().queryParam(parts[1], parts[2])
                .get("/api/v1/" + parts[0])
                .then()
                .statusCode(400)
                .body("errors.field", contains(field))
                .body("errors.message", contains(message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"effect": "deny", "externalId": "hunter2" | it ends too early, at line 1, column 43
            {"effect": "deny", "externalId": hunter2}  | it is not well-formed JSON, at line 1, column 34
            {"hunter2": "deny", "hunter2": "allow"}    | an object has a key twice, at line 1, column 30
            ["hunter2"]                                | it is another JSON value
            ''                                         | it is empty
            """)
    void malformedBodyIsAnsweredWithThePlaceAndNothingOfTheBody(String body, String why) {
        Response answer = write("put", "/api/v1/namespaces/-/policies/e-x", body);

        answer.then()
                .statusCode(400)
                .body("code", equalTo("malformed-request"))
                .body("detail", equalTo("the body must be a JSON object: " + why));
        assertThat(answer.asString()).doesNotContain("hunter2");
    }

    @Test
    void failedPreconditionSaysWhatToDo() {
        String path = "/api/v1/namespaces/-/policies/e-raced";
        String content = "{\"effect\": \"deny\", \"taskName\": \"absent\"}";
        write("put", path, content).then().statusCode(201);
        String other = "\"2f1d6e0a-5a3b-4a6e-9a3d-6f0f3b1c8e55.1\"";

        json(SignedIn.TOKEN)
                .header("If-Match", other)
                .body(content)
                .put(path)
                .then()
                .statusCode(412)
                .body(
                        "detail",
                        containsString("read the object again, compare, and send the request with the new ETag"));
        json(SignedIn.TOKEN)
                .header("If-None-Match", "*")
                .body(content)
                .put(path)
                .then()
                .statusCode(412)
                .body("detail", containsString("the object exists already"));
        write("delete", path, "").then().statusCode(204);
        json(SignedIn.TOKEN)
                .header("If-Match", other)
                .body(content)
                .put(path)
                .then()
                .statusCode(412)
                .body("detail", containsString("Send the request without If-Match to create it"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            expired | the API token has expired: make another one
            revoked | the credential is not valid: it is unknown, revoked, or of an issuer that is not trusted here
            unknown | the credential is not valid: it is unknown, revoked, or of an issuer that is not trusted here
            """)
    void refusedCredentialSaysWhatItsBearerMayKnow(String bearer, String detail) {
        Response answer = given(SignedIn.token(bearer)).get("/api/v1/tokens/caller");

        if (answer.statusCode() == 429) {
            int seconds = Integer.parseInt(answer.header("Retry-After"));
            answer.then().body("detail", containsString("wait " + seconds + " s before"));
        } else {
            answer.then().statusCode(401).body("detail", equalTo(detail));
        }
    }

    @Test
    void withdrawalOfAnUnknownIdIsMadeWithAWarning() {
        String framework = "e-" + Instant.now().toEpochMilli();

        write("post", "/api/v1/withdrawals", "{\"frameworkId\": \"" + framework + "\"}")
                .then()
                .statusCode(201)
                .body(
                        "warnings",
                        contains(
                                equalTo("frameworkId: the cluster shows no framework " + framework
                                        + ". Correct the id, unless it registers later"),
                                containsString("covers no live lease")));
    }

    @Test
    void withdrawalOfAMisspeltIamRoleIsMadeWithAWarning() {
        String role = "arn:aws:iam::123456789012:role/misspelt-" + Instant.now().toEpochMilli();

        write("post", "/api/v1/withdrawals", "{\"iamRoleArn\": \"" + role + "\"}")
                .then()
                .statusCode(201)
                .body("warnings", contains(containsString("covers no live lease")));
    }

    @Test
    void hostNameInPlaceOfAMesosAgentsIdIsAnsweredWithTheId() {
        String agent = given().get("/api/v1/tasks/explain?name=web-1")
                .then()
                .statusCode(200)
                .extract()
                .path("launches[0].mesosAgentId");

        write("post", "/api/v1/revocations", "{\"mesosAgentId\": \"host1.mesos.test\"}")
                .then()
                .statusCode(422)
                .body("errors.message", contains(containsString("the id of the Mesos agent there is " + agent)));
        write("post", "/api/v1/withdrawals?dryRun=server", "{\"mesosAgentId\": \"host1.mesos.test\"}")
                .then()
                .statusCode(200)
                .body("warnings[0]", containsString("the id of the Mesos agent there is " + agent));
    }

    @Test
    void searchThatFindsNoTaskSaysSo() {
        given().get("/api/v1/tasks/explain?name=absent")
                .then()
                .statusCode(200)
                .body(
                        "note",
                        equalTo(
                                "no task that the cluster shows and that your roles see has these values: they are compared whole"));
    }

    private static Response write(String method, String path, String body) {
        return write(SignedIn.TOKEN, method, path, body);
    }

    /** Requests that change nothing have no reason. */
    private static Response write(String token, String method, String path, String body) {
        RequestSpecification request = given(token);
        if (!method.equals("get") && !WITHOUT_REASON.contains(path)) {
            request = request.queryParam("reason", "test");
        }
        if (method.equals("put") || (method.equals("post") && !path.matches(".*/(lift|restore\\?.*)"))) {
            request = request.contentType(ContentType.JSON).body(body);
        }
        return request.request(method, path);
    }

    private static RequestSpecification json(String token) {
        return given(token).contentType(ContentType.JSON).queryParam("reason", "test");
    }
}
