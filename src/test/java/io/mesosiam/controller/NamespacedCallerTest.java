package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A caller with roles in a namespace sees the leases, tasks and audit events of its policies, and nothing of others. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class NamespacedCallerTest {
    private static final String HELD = "update policy set namespace = '%s' where name = 'held'";

    @Inject
    Pool pool;

    @ConfigProperty(name = "test.framework")
    String framework;

    @AfterEach
    void policiesAreAsTheyWere() {
        execute(HELD.formatted("/"));
        execute("delete from policy where namespace like '/c-%'");
        execute("delete from namespace where path like '/c-%'");
    }

    @Test
    void leasesAreThoseOfOwnPolicies() {
        namespaces("/c-one", "/c-two");
        execute(HELD.formatted("/c-one"));
        String one = token("viewer:/c-one");
        String two = token("viewer:/c-two");

        await(() -> leases(one), List.of("held"));
        assertThat(leases(two)).isEmpty();
        given(one)
                .queryParam("filter", "{\"state\": \"reaped\"}")
                .get("/api/v1/leases")
                .then()
                .statusCode(200)
                .body("items", empty())
                .body("$", not(hasKey("next")));
    }

    private static List<String> leases(String token) {
        return given(token)
                .get("/api/v1/leases")
                .then()
                .statusCode(200)
                .extract()
                .path("items.credentialName");
    }

    @Test
    void taskIsUnknownToCallersWhosePoliciesDoNotConcernIt() {
        namespaces("/c-one", "/c-two");
        put("c-one", "own", "web-1", "own");
        String one = token("viewer:/c-one");
        String two = token("viewer:/c-two");

        await(() -> explained(one, "web-1").statusCode(), 200);
        for (String task : List.of("web-2", "absent")) {
            explained(one, task).then().statusCode(404).body("code", equalTo("not-found"));
        }
        explained(two, "web-1").then().statusCode(404);
        assertThat(explained(two, "web-1").jsonPath().getString("detail"))
                .isEqualTo(
                        explained(two, "absent").jsonPath().getString("detail").replace("absent", "web-1"));
        given(one)
                .get("/api/v1/tasks/explain")
                .then()
                .statusCode(200)
                .body("launches.taskId", contains("web-1"))
                .body("truncated", equalTo(false));
        given(two).get("/api/v1/tasks/explain").then().statusCode(200).body("launches", empty());
        given(two).get("/api/v1/tasks/" + framework + "/web-1/history").then().statusCode(404);
    }

    @Test
    void listHasTheTasksThatOwnPoliciesConcernWithOwnCredentialNames() {
        namespaces("/c-one", "/c-two");
        put("c-one", "own", "web-1", "own");
        String one = token("viewer:/c-one");
        String two = token("viewer:/c-two");

        await(() -> tasks(one).getList("items.taskId"), List.of("web-1"));
        assertThat(tasks(one).getString("items[0].credentialNames.credentialName"))
                .doesNotContain("held")
                .doesNotContain("default");
        assertThat(tasks(two).getList("items")).isEmpty();
        given(one).get("/api/v1/agents").then().statusCode(403);
        given(one).get("/api/v1/agents/any").then().statusCode(403);
    }

    private static JsonPath tasks(String token) {
        return given(token)
                .get("/api/v1/tasks")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    @Test
    void explanationNamesNoPolicyOfAnotherNamespace() {
        namespaces("/c-one");
        put("c-one", "own", "web-2", "default");
        String one = token("viewer:/c-one");
        await(() -> explained(one, "web-2").statusCode(), 200);

        Response explained = explained(one, "web-2");

        explained
                .then()
                .body("launches[0].decisions.decision", contains("denied"))
                .body("launches[0].decisions[0].summary", equalTo("a policy outside your namespaces denies it"))
                .body("launches[0].decisions[0].policies", empty())
                .body("launches[0].decisions[0].verdicts.policyName", hasItem("/c-one/own"))
                .body("launches[0].decisions[0].verdicts.policyName", hasItem("a policy outside your namespaces"))
                .body(
                        "launches[0].decisions[0].verdicts.find { it.policyName == '/c-one/own' }.why",
                        equalTo("a policy outside your namespaces denies it"))
                .body(
                        "launches[0].decisions[0].verdicts.findAll { it.policyName != '/c-one/own' }.policyId",
                        not(hasItem(containsString("-"))));
        assertThat(explained.asString()).doesNotContain("not-two").doesNotContain("role/web");
        assertThat(explained(SignedIn.TOKEN, "web-2").asString()).contains("not-two");
    }

    @Test
    void hypotheticalTaskIsExplainedByOwnPolicies() {
        namespaces("/c-one");
        put("c-one", "own", "made-up", "own");
        String one = token("viewer:/c-one");
        String task = """
                {"frameworkName": "f", "frameworkPrincipal": "svc-web", "mesosRole": "eng", "taskName": "%s", "taskUser": "u"}""";

        await(
                () -> hypothetical(one, task.formatted("made-up"))
                        .jsonPath()
                        .getList("decisions.credentialName", String.class),
                List.of("own"));
        hypothetical(one, task.formatted("web-1"))
                .then()
                .statusCode(200)
                .body("decisions.decision", contains("no-policy"))
                .body("decisions[0].verdicts.policyName", contains("/c-one/own"))
                .body("decisions[0].verdicts[0].failedSelectors.attribute", contains("task_name"));
    }

    private static Response hypothetical(String token, String task) {
        return given(token).contentType(ContentType.JSON).body(task).post("/api/v1/explanations");
    }

    @Test
    void auditorSeesWhatWasWrittenInItsNamespacesAlsoOfDeletedPolicies() {
        String name = "c-" + UUID.randomUUID();
        String path = "/" + name;
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body("{}")
                .put("/api/v1/namespaces/" + name)
                .then()
                .statusCode(201);
        String beside = path.substring(0, path.length() - 1);
        namespaces(beside);
        put(name, "gone", "absent", "own");
        given().queryParam("reason", "test")
                .delete("/api/v1/namespaces/" + name + "/policies/gone")
                .then()
                .statusCode(204);

        assertThat(objects(token("auditor:" + path)))
                .containsExactly(
                        "policy.deleted policy:" + path + "/gone",
                        "policy.created policy:" + path + "/gone",
                        "namespace.created namespace:" + path);
        assertThat(objects(token("auditor:" + beside))).containsExactly("namespace.created namespace:" + beside);
    }

    /** Of the policies, and of the withdrawal that covers the task, by an author of the root namespace. */
    @Test
    void answersHaveNoIdAndNoNameOfAnotherNamespaceAndNoAuthorOfAWithdrawal() {
        namespaces("/c-one", "/c-two");
        put("c-one", "own", "web-1", "own");
        String theirs = json().body("{\"effect\": \"allow\", \"taskName\": \"web-1\", \"credentialName\": \"own\","
                        + " \"iamRoleArn\": \"arn:aws:iam::123456789012:role/theirs\"}")
                .put("/api/v1/namespaces/c-two/policies/theirs")
                .then()
                .statusCode(201)
                .extract()
                .path("policyId");
        String withdrawal = json().body("{\"frameworkId\": \"%s\", \"taskId\": \"web-1\", \"credentialName\": \"own\"}"
                        .formatted(framework))
                .post("/api/v1/withdrawals")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
        String one = token("namespace-admin:/c-one\", \"auditor:/c-one");
        try {
            await(
                    () -> explained(one, "web-1").jsonPath().getList("launches[0].decisions.decision"),
                    List.of("withdrawn"));
            await(
                    () -> given(one)
                            .get("/api/v1/lint")
                            .jsonPath()
                            .getList("findings.kind")
                            .contains("conflicts"),
                    true);
            String explanation = explained(one, "web-1").asString();
            String lint = given(one).get("/api/v1/lint").asString();
            String tasks = given(one).get("/api/v1/tasks").asString();
            String history = given(one)
                    .get("/api/v1/tasks/" + framework + "/web-1/history")
                    .asString();
            String preview = given(one)
                    .contentType(ContentType.JSON)
                    .queryParam("reason", "test")
                    .queryParam("dryRun", "server")
                    .body("{\"effect\": \"deny\", \"taskName\": \"web-*\", \"credentialName\": \"own\"}")
                    .put("/api/v1/namespaces/c-one/policies/more")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            String events = given(one).get("/api/v1/audit-events").asString();

            assertThat(explanation).contains("withdrawal " + withdrawal);
            assertThat(List.of(explanation, lint, tasks, history, preview))
                    .noneMatch(answer -> answer.contains("token:admin"));
            assertThat(List.of(explanation, lint, tasks, history, preview, events))
                    .noneMatch(
                            answer -> answer.contains("theirs") || answer.contains(theirs) || answer.contains("c-two"));
            assertThat(given(one)
                            .get("/api/v1/lint")
                            .jsonPath()
                            .getList("findings.find { it.kind == 'conflicts' }.others"))
                    .isEmpty();
            assertThat(given(SignedIn.TOKEN).get("/api/v1/lint").asString()).contains(theirs);
            assertThat(explained(SignedIn.TOKEN, "web-1").asString())
                    .contains("by token:admin, withdrawal " + withdrawal);
        } finally {
            json().post("/api/v1/withdrawals/" + withdrawal + "/lift").then().statusCode(200);
        }
    }

    private static List<String> objects(String token) {
        return given(token)
                .get("/api/v1/audit-events")
                .then()
                .statusCode(200)
                .extract()
                .path("items.collect { it.kind + ' ' + it.object }");
    }

    private void namespaces(String... paths) {
        for (String path : paths) {
            execute("insert into namespace (path) values ('" + path + "')");
        }
    }

    private static void put(String namespace, String name, String task, String credential) {
        json().body(("{\"effect\": \"allow\", \"taskName\": \"%s\", \"credentialName\": \"%s\","
                                + " \"iamRoleArn\": \"arn:aws:iam::123456789012:role/own\"}")
                        .formatted(task, credential))
                .put("/api/v1/namespaces/" + namespace + "/policies/" + name)
                .then()
                .statusCode(201);
    }

    private static RequestSpecification json() {
        return given().contentType(ContentType.JSON).queryParam("reason", "test");
    }

    private Response explained(String token, String task) {
        return given(token).get("/api/v1/tasks/" + framework + "/" + task + "/explain");
    }

    private static String token(String role) {
        return given().contentType(ContentType.JSON)
                .body("{\"name\": \"c-%s\", \"roles\": [\"%s\"], \"expiresAt\": \"%s\"}"
                        .formatted(UUID.randomUUID(), role, Instant.now().plus(Duration.ofHours(1))))
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }

    /** The controller follows a change of policies within a second. */
    private static <T> void await(java.util.function.Supplier<T> actual, T expected) {
        Instant deadline = Instant.now().plus(TimeLimit.seconds(30));
        T now = actual.get();
        while (!expected.equals(now)) {
            assertThat(Instant.now()).as("still " + now).isBefore(deadline);
            now = actual.get();
        }
    }

    private void execute(String sql) {
        pool.query(sql).executeAndAwait();
    }
}
