package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the bounds of namespaces refuse, what they must be, and what a narrower one ends, by the API of a whole controller. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class NamespaceBoundsApiTest {
    private static final String OPS = "arn:aws:iam::111122223333:role/ops";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iamRoleArn      | arn:aws:iam::111122223333:role/ops is outside iamRoleArns of namespace /b-bound    | "iamRoleArn": "arn:aws:iam::111122223333:role/ops", "leaseTtlSeconds": 60
            leaseTtlSeconds | it is needed: longestTtlSeconds of namespace /b-bound is 3600 s                    | "iamRoleArn": "arn:aws:iam::111122223333:role/data-1"
            leaseTtlSeconds | 7200 s is longer than longestTtlSeconds of namespace /b-bound, 3600 s              | "iamRoleArn": "arn:aws:iam::111122223333:role/data-1", "leaseTtlSeconds": 7200
            """)
    void policyOutOfTheBoundsIsAnsweredWithTheFieldAndTheBound(String field, String message, String gives) {
        put("b-bound", "{\"iamRoleArns\": [\"arn:aws:iam::111122223333:role/data-*\"], \"longestTtlSeconds\": 3600}");

        for (String dryRun : List.of("", "?dryRun=server")) {
            put("b-bound/policies/outside" + dryRun, "{\"effect\": \"allow\", \"taskName\": \"b-none\", " + gives + "}")
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("invalid-object"))
                    .body("errors", hasSize(1))
                    .body("errors[0].field", equalTo(field))
                    .body("errors[0].message", equalTo(message));
        }
    }

    @Test
    void everyViolatedBoundOfEveryNamespaceAboveIsNamedTogetherWithWrongFields() {
        bounded("b-all");

        Response refused = put("b-all.team/policies/outside", """
                {"effect": "allow", "taskName": "b-none", "iamRoleArn": "%s", "frameworkPrincipal": "svc-x",
                 "priority": "high", "region": "nowhere", "colour": "red"}""".formatted(OPS));

        assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(422);
        assertThat(errors(refused))
                .contains(
                        "iamRoleArn: " + OPS + " is outside iamRoleArns of namespace /b-all",
                        "iamRoleArn: " + OPS + " is outside awsAccounts of namespace /b-all/team",
                        "leaseTtlSeconds: it is needed: longestTtlSeconds of namespace /b-all is 3600 s",
                        "sensitive: it is false, but sensitiveOnly of namespace /b-all/team is true",
                        "frameworkPrincipal: svc-x is outside frameworkPrincipals of namespace /b-all/team",
                        "priority: must be a whole number from -2147483648 to 2147483647")
                .anyMatch(error -> error.startsWith("colour: is unknown"))
                .anyMatch(error -> error.startsWith("region: an AWS region"));
    }

    /** The role can't be compared before it is the ARN of one, and the selectors may be other ones. */
    @Test
    void fieldWithAFaultIsNotComparedWithBounds() {
        bounded("b-faulty");

        Response refused = put("b-faulty.team/policies/outside", """
                {"effect": "allow", "taskName": 7, "iamRoleArn": "ops", "leaseTtlSeconds": 60, "sensitive": true}""");

        assertThat(errors(refused))
                .containsExactlyInAnyOrder(
                        "taskName: must be a text",
                        "iamRoleArn: the ARN of an IAM role, at most 640 characters: arn:aws:iam::123456789012:role/name");
    }

    @Test
    void changesThatAreAppliedTogetherHaveTheirOwnFaults() {
        bounded("b-apply");
        String content =
                "{\"effect\": \"allow\", \"taskName\": \"b-none\", \"iamRoleArn\": \"%s\", \"sensitive\": true}"
                        .formatted(OPS);
        String policies = """
                {"action": "put", "namespace": "/b-apply/team", "name": "one", "content": %s},
                {"action": "put", "namespace": "/b-apply", "name": "two", "content": %s}""".formatted(content, content);

        for (String first : List.of("", """
                {"kind": "namespace", "action": "patch", "namespace": "/b-apply", "patch": {"longestTtlSeconds": null}},""")) {
            Response refused =
                    json().body("{\"changes\": [" + first + policies + "]}").post("/api/v1/policies/apply");

            int at = first.isEmpty() ? 0 : 1;
            assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(422);
            assertThat(errors(refused))
                    .contains(
                            "changes[" + at + "].iamRoleArn: " + OPS + " is outside iamRoleArns of namespace /b-apply",
                            "changes[" + at + "].iamRoleArn: " + OPS
                                    + " is outside awsAccounts of namespace /b-apply/team",
                            "changes[" + (at + 1) + "].iamRoleArn: " + OPS
                                    + " is outside iamRoleArns of namespace /b-apply")
                    .as("the bound that the same request lifts")
                    .allMatch(error -> first.isEmpty() || !error.contains("longestTtlSeconds"));
        }
        given().get("/api/v1/namespaces/b-apply").then().body("content.longestTtlSeconds", equalTo(3600));
    }

    @Test
    void disabledPolicyMayBeOutOfTheBounds() {
        bounded("b-off");

        put("b-off.team/policies/off", """
                {"effect": "allow", "taskName": "b-none", "iamRoleArn": "%s", "enabled": false}""".formatted(OPS)).then().statusCode(201);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            namespaces/-/policies/b-x | {"effect": "allow", "taskName": "x", "iamRoleArn": "arn:aws:iam::123456789012:role/x", "leaseTtlSeconds": 1}      | leaseTtlSeconds      | 60 to 31536000 s
            namespaces/-/policies/b-x | {"effect": "allow", "taskName": "x", "iamRoleArn": "arn:aws:iam::123456789012:role/x", "sessionLengthSeconds": 1} | sessionLengthSeconds | 900 to 43200 s
            namespaces/b-x            | {"longestTtlSeconds": 1}                                                                                         | longestTtlSeconds    | 60 to 31536000 s
            namespaces/b-x            | {"mesosRoles": [""]}                                                                                             | mesosRoles           | each is a role as Mesos allows it, of at most 512 bytes: ["eng/data"]
            """)
    void demandsAreInTheUnitsAndTheSyntaxOfJson(String path, String body, String field, String message) {
        Response answer = json().body(body).put("/api/v1/" + path);

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(422);
        assertThat(answer.jsonPath().getList("errors.findAll { it.field == '" + field + "' }.message", String.class))
                .contains(message);
    }

    /** One live lease is all of them: more than a quarter. */
    @Test
    void narrowingShowsFirstWhichLeasesEnd() {
        String narrower = "{\"iamRoleArns\": [\"arn:aws:iam::123456789012:role/none\"]}";

        patch(narrower, "?dryRun=server")
                .then()
                .statusCode(200)
                .body("leasesEnded", equalTo(1))
                .body("effects.find { it.credentialName == 'held' }.kind", equalTo("loses"))
                .body("objection", containsString("confirm=1"));
        patch(narrower, "")
                .then()
                .statusCode(409)
                .body("code", equalTo("blast-radius"))
                .body("leasesEnded", equalTo(1));
        given().get("/api/v1/namespaces/-").then().statusCode(200).body("content", not(hasKey("iamRoleArns")));
    }

    private static void bounded(String name) {
        put(name, "{\"iamRoleArns\": [\"arn:aws:iam::111122223333:role/data-*\"], \"longestTtlSeconds\": 3600}")
                .then()
                .statusCode(201);
        put(name + ".team", """
                {"awsAccounts": ["123456789012"], "sensitiveOnly": true, "frameworkPrincipals": ["svc-marathon"]}""").then().statusCode(201);
    }

    private static List<String> errors(Response refused) {
        return refused.jsonPath().<Map<String, String>>getList("errors").stream()
                .map(error -> error.get("field") + ": " + error.get("message"))
                .toList();
    }

    private static Response put(String path, String document) {
        return json().body(document).put("/api/v1/namespaces/" + path);
    }

    private static Response patch(String document, String dryRun) {
        return json().contentType("application/merge-patch+json").body(document).patch("/api/v1/namespaces/-" + dryRun);
    }

    private static RequestSpecification json() {
        return given().contentType(ContentType.JSON).queryParam("reason", "test");
    }
}
