package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Explanations beyond the decision: the task's own values, withdrawals, and the controller of its host. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class ExplainTest {
    @ConfigProperty(name = "test.framework")
    String framework;

    @ConfigProperty(name = "quarkus.datasource.jdbc.url")
    String jdbcUrl;

    @ConfigProperty(name = "quarkus.datasource.username")
    String user;

    @ConfigProperty(name = "quarkus.datasource.password")
    String password;

    @BeforeEach
    void awaitLaunches() {
        awaitFound(found -> found.getList("launches").size() == 2);
    }

    @Test
    void failedSelectorIsShownWithTheTasksValue() {
        given().get("/api/v1/tasks/{framework}/{task}/explain", framework, "web-1")
                .then()
                .statusCode(200)
                .body("truncated", equalTo(false))
                .body("launches[0].decisions[0].omittedVerdicts", equalTo(0))
                .body("launches[0].task.name", equalTo("web-1"))
                .body("launches[0].task.user", equalTo("root"))
                .body("launches[0].task.mesosRole", equalTo("web"))
                .body("launches[0].task.frameworkPrincipal", equalTo("svc-web"))
                .body("launches[0].task.hostname", equalTo("host1.mesos.test"))
                .body("launches[0].decisions[0].verdicts.find { it.policyName == 'web' }.failedSelectors", empty())
                .body(
                        "launches[0].decisions[0].verdicts.find { it.policyName == 'not-two' }.failedSelectors[0].attribute",
                        equalTo("task_name"))
                .body(
                        "launches[0].decisions[0].verdicts.find { it.policyName == 'not-two' }.failedSelectors[0].wanted",
                        equalTo("*-2"))
                .body(
                        "launches[0].decisions[0].verdicts.find { it.policyName == 'not-two' }.failedSelectors[0].actual",
                        contains("web-1"));
    }

    @Test
    void withdrawalIsShownWithItsReasonAndTheIdThatLiftsIt() throws SQLException {
        UUID id = UUID.randomUUID();
        execute(
                "insert into withdrawal (iam_role_arn, reason) values ('arn:aws:iam::123456789012:role/of-no-task', 'leaked');"
                        + "insert into withdrawal (id, framework_id, task_id, credential_name, reason) values ('" + id
                        + "', '"
                        + framework + "', 'web-1', 'default', 'evicted by alice')");
        try {
            JsonPath shown = awaitFound(found -> found.getList("launches.find { it.taskId == 'web-1' }.withdrawals")
                            .size()
                    == 1);
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.withdrawals[0].reason"))
                    .isEqualTo("evicted by alice");
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.withdrawals[0].id"))
                    .isEqualTo(id.toString());
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.waiting.default"))
                    .isEqualTo("withdrawn: evicted by alice");
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.waitReasons.default"))
                    .isEqualTo("Withdrawn");
            assertThat(shown.getList("launches.find { it.taskId == 'web-2' }.withdrawals"))
                    .isEmpty();
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.withdrawals[0].madeBy"))
                    .isEqualTo(user);
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.decisions[0].decision"))
                    .isEqualTo("withdrawn");
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.decisions[0].iamRoleArn"))
                    .isNull();
            assertThat(shown.getString("launches.find { it.taskId == 'web-1' }.decisions[0].summary"))
                    .startsWith("withdrawn: evicted by alice (by " + user + ", withdrawal " + id
                            + "). Without the withdrawal: ");
        } finally {
            execute("delete from withdrawal");
        }
        awaitFound(found -> found.getList("launches.withdrawals.flatten()").isEmpty());
    }

    @Test
    void controllerOfTheHostIsNamed() throws SQLException {
        String agent = awaitFound(found -> true).getString("launches[0].mesosAgentId");
        execute("insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)" + " values ('"
                + agent + "', 'host1.mesos.test', 1, 'master2.example', 'connected', now())");
        try {
            given().get("/api/v1/tasks/{framework}/{task}/explain", framework, "web-1")
                    .then()
                    .body("launches[0].host.connectedHere", equalTo(false))
                    .body("launches[0].host.controllerId", equalTo("master2.example"))
                    .body("launches[0].host.state", equalTo("connected"))
                    .body("launches[0].host.connectedAt", notNullValue())
                    .body(
                            "launches[0].waiting.default",
                            equalTo("no agent on the host is connected here; controller master2.example has the host"));

            execute("update agent set state = 'disconnected', disconnected_at = now()");
            execute("insert into host (hostname, evicted_at, eviction_reason) values ('host1.mesos.test', now(),"
                    + " 'stolen')");
            given().get("/api/v1/tasks/{framework}/{task}/explain", framework, "web-1")
                    .then()
                    .body("launches[0].host.evicted", equalTo(true))
                    .body(
                            "launches[0].waiting.default",
                            equalTo("no agent on the host is connected here; the host is evicted"));
        } finally {
            execute("delete from agent");
            execute("delete from host where hostname = 'host1.mesos.test'");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "name, web-2, web-2",
        "task, web-1, web-1",
        "host, host1.mesos.test, web-1 web-2",
        "host, HOST1.mesos.test, web-1 web-2",
        "host, 127.0.0.1, web-1 web-2",
        "host, host2.mesos.test, ''",
        "name, web, ''",
        "container, nowhere, ''",
    })
    void tasksAreFoundByEachParameter(String parameter, String value, String tasks) {
        var found = given().queryParam(parameter, value)
                .get("/api/v1/tasks/explain")
                .then()
                .statusCode(200)
                .body("truncated", equalTo(false));

        if (tasks.isEmpty()) {
            found.body("launches", empty());
        } else {
            found.body("launches.taskId", contains((Object[]) tasks.split(" ")));
        }
    }

    @Test
    void allPartsOfASearchMustMatchAndResultsAreLimited() {
        given().queryParam("name", "web-1")
                .queryParam("host", "host1.mesos.test")
                .queryParam("framework", framework)
                .get("/api/v1/tasks/explain")
                .then()
                .body("launches.taskId", contains("web-1"));
        given().queryParam("name", "web-1")
                .queryParam("framework", "other")
                .get("/api/v1/tasks/explain")
                .then()
                .body("launches", empty());
        given().queryParam("limit", 1)
                .get("/api/v1/tasks/explain")
                .then()
                .body("launches", hasSize(1))
                .body("launches.frameworkId", everyItem(equalTo(framework)))
                .body("truncated", equalTo(true));
    }

    @ParameterizedTest
    @CsvSource({
        "svc-web, web-7, allowed",
        "svc-web, web-2, denied",
        "svc-other, web-7, no-policy",
    })
    void hypotheticalTaskIsDecidedLikeARealOne(String principal, String name, String decision) {
        hypothetical("""
                {"frameworkName": "web", "frameworkPrincipal": "%s", "mesosRole": "web", "taskName": "%s", "taskUser": "root",
                 "labels": [{"key": "team", "value": "x"}, {"key": "team"}], "agentAttributes": {"rack": "r1", "row": 7}}""".formatted(principal, name))
                .statusCode(200)
                .body("policyVersion", equalTo(given().get("/api/v1/status").path("policies.readVersion")))
                .body("principalsEnforced", equalTo(true))
                .body("task.agentAttributes.row", equalTo("7"))
                .body("task.labels.key", contains("team", "team"))
                .body("decisions[0].decision", equalTo(decision))
                .body("decisions[0].verdicts.policyName", hasItems("web", "not-two"));
    }

    @Test
    void whatAHypotheticalTaskLeavesOutHasItsDefault() {
        String task = """
                {"frameworkName": "web", "frameworkPrincipal": "svc-web", "mesosRole": "web", "taskName": "web-7", "taskUser": "root"%s}""";

        hypothetical(task.formatted("")).statusCode(200).body("task.agentAttributes", nullValue());
        hypothetical(task.formatted(", \"principalsEnforced\": false"))
                .statusCode(200)
                .body("principalsEnforced", equalTo(false))
                .body("decisions[0].decision", equalTo("no-policy"));
    }

    @Test
    void everyWrongFieldOfAHypotheticalTaskIsNamedAtOnce() {
        hypothetical("""
                {"frameworkName": 1, "mesosRole": "a\\u0007", "taskName": "", "labels": [{"value": "x"}, 7, {"key": "a", "b": 1}],
                 "agentAttributes": {"rack": []}, "witnessed": "yes", "tasks": 1}""")
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body(
                        "errors.field",
                        containsInAnyOrder(
                                "frameworkName",
                                "mesosRole",
                                "taskName",
                                "taskUser",
                                "labels[0].key",
                                "labels[1]",
                                "labels[2].b",
                                "agentAttributes.rack",
                                "witnessed",
                                "tasks"));
        hypothetical("[]").statusCode(400);
    }

    @Test
    void historyOfAnEndedTaskHasItsLeasesAndWhatDecidedAndWhyTheyEnded() throws SQLException {
        execute("""
                insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn, policy_id,
                    policy_version, identity_hash, session_name, witnessed, created_at, state, reason, reaped_at)
                select '00000000-0000-0000-0000-00000000e0d1', 'f-1', 'ended/1', 'S1', 1, 'default', iam_role_arn, id, 1,
                    repeat('ab', 32), 'ended', true, now(), 'reaped', 'the task finished', now() from policy where name = 'web'""");
        execute("""
                insert into audit_event (kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, lease_id,
                    policy_id, policy_version, iam_role_arn, message)
                select kind, 'master1', 'f-1', 'ended/1', 'S1', 1, 'default',
                    '00000000-0000-0000-0000-00000000e0d1'::uuid, id, 1, iam_role_arn, message
                from policy, (values (1, 'lease.issued', 'issued'), (2, 'lease.reaped', 'the task finished')) as e (n, kind, message)
                where name = 'web' order by n""");

        given().urlEncodingEnabled(false)
                .get("/api/v1/tasks/f-1/ended%2F1/history")
                .then()
                .statusCode(200)
                .body("leases", hasSize(1))
                .body("leases[0].state", equalTo("reaped"))
                .body("leases[0].reason", equalTo("the task finished"))
                .body("leases[0].policyVersion", equalTo(1))
                .body("events.kind", contains("lease.issued", "lease.reaped"))
                .body("events.policyVersion", everyItem(equalTo(1)))
                .body("events[1].message", equalTo("the task finished"))
                .body("policyNames.values()", contains("web"))
                .body("truncated", equalTo(false));
        given().get("/api/v1/tasks/f-1/never/history").then().statusCode(404).body("code", equalTo("not-found"));
    }

    private static ValidatableResponse hypothetical(String task) {
        return given().contentType(ContentType.JSON)
                .body(task)
                .post("/api/v1/explanations")
                .then();
    }

    private JsonPath awaitFound(Predicate<JsonPath> condition) {
        Instant deadline = Instant.now().plus(TimeLimit.seconds(30));
        for (; ; ) {
            JsonPath found = given().get("/api/v1/tasks/explain")
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            if (condition.test(found)) {
                return found;
            }
            assertThat(Instant.now()).as(found.prettify()).isBefore(deadline);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl, user, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
