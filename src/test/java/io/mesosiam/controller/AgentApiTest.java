package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import org.awaitility.Awaitility;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Agents and running tasks, as a controller to which no agent is connected shows them. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class AgentApiTest {
    private static final String HOST1 = "{\"hostname\": \"host1.mesos.test\"}";

    @Inject
    Pool pool;

    @ConfigProperty(name = "test.framework")
    String framework;

    @AfterEach
    void noHostIsClaimed() {
        execute("delete from agent");
        claimed(null);
    }

    private void execute(String sql) {
        var unused = pool.query(sql).execute().await().atMost(TimeLimit.seconds(10));
    }

    /** Waits until the controller has read who has claimed the first host. */
    private static void claimed(String controller) {
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> given().queryParam("filter", HOST1)
                .get("/api/v1/agents")
                .then()
                .statusCode(200)
                .body("items[0].controllerId", controller == null ? nullValue() : equalTo(controller)));
    }

    private static String host1() {
        return given().queryParam("filter", HOST1).get("/api/v1/agents").path("items[0].mesosAgentId");
    }

    private void claim(String id, String state) {
        execute("""
                insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, version, connected_at)
                values ('%s', 'other.mesos.test', 1, 'controller-2', '%s', '0.9', '2026-01-02T03:04:05Z')""".formatted(id, state));
    }

    @Test
    void hostThatNoControllerHasClaimedIsShownAsTheMasterListsIt() {
        String id = host1();

        given().get("/api/v1/agents/" + id)
                .then()
                .statusCode(200)
                .body("mesosAgentId", equalTo(id))
                .body("hostname", equalTo("host1.mesos.test"))
                .body("registered", equalTo(true))
                .body("deactivated", equalTo(false))
                .body("connected", equalTo(false))
                .body("tasks", equalTo(2))
                .body("$", not(hasKey("controllerId")))
                .body("$", not(hasKey("leases")))
                .body("$", not(hasKey("tasksWithoutCredentials")))
                .body("$", not(hasKey("lastFault")));
        given().get("/api/v1/agents/absent").then().statusCode(404).body("code", equalTo("not-found"));
    }

    @Test
    void hostOfAnotherControllerIsShownAsTheDatabaseKnowsIt() {
        String id = host1();
        claim(id, "connected");
        claim("gone-S9", "disconnected");
        claimed("controller-2");

        given().get("/api/v1/agents/" + id)
                .then()
                .statusCode(200)
                .body("hostname", equalTo("host1.mesos.test"))
                .body("connected", equalTo(false))
                .body("controllerId", equalTo("controller-2"))
                .body("state", equalTo("connected"))
                .body("agentVersion", equalTo("0.9"))
                .body("connectedAt", equalTo("2026-01-02T03:04:05Z"))
                .body("$", not(hasKey("leases")));
        given().get("/api/v1/agents/gone-S9")
                .then()
                .statusCode(200)
                .body("registered", equalTo(false))
                .body("hostname", equalTo("other.mesos.test"))
                .body("tasks", equalTo(0));
        // the list of tasks is made once a second
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> given().get("/api/v1/tasks")
                .then()
                .statusCode(200)
                .body("items.findAll { it.mesosAgentId == '%s' }.credentials".formatted(id), contains("all", "unknown"))
                .body("items.controllerId", hasItem("controller-2"))
                .body("items.find { it.taskId == 'web-1' }.credentialNames.state", contains("active"))
                .body("items.find { it.taskId == 'web-2' }.reasonCode", equalTo("other-controller"))
                .body("items.find { it.taskId == 'web-2' }.credentialNames", empty()));
        given().get("/api/v1/leases")
                .then()
                .statusCode(200)
                .body("items.findAll { it.mesosAgentId == '%s' }.credentialName".formatted(id), contains("held"))
                .body("$", not(hasKey("incomplete")));
        given().post("/api/v1/hosts/other.mesos.test/evict?reason=test&unknown=true&dryRun=server")
                .then()
                .statusCode(200)
                .body("connected", equalTo(true));
    }

    @Test
    void tasksWithoutCredentialsAreFoundWithTheReason() {
        // the list is made once a second, and can be of the moment when another test's controller had the host
        Awaitility.await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> given().queryParam(
                        "filter", "{\"credentials\": \"none\"}")
                .get("/api/v1/tasks")
                .then()
                .statusCode(200)
                .body("items.taskId", hasItem("web-2"))
                .body("items.taskId", not(hasItem("web-1")))
                .body("items.find { it.taskId == 'web-2' }.reasonCode", equalTo("no-agent"))
                .body("items.find { it.taskId == 'web-2' }.frameworkId", equalTo(framework))
                .body("items.find { it.taskId == 'web-2' }.frameworkPrincipal", equalTo("svc-web"))
                .body("items.find { it.taskId == 'web-2' }.hostname", equalTo("host1.mesos.test")));
        given().queryParam("filter", "{\"taskId\": \"web-1\"}")
                .get("/api/v1/tasks")
                .then()
                .body("items[0].launchId", not(nullValue()))
                .body("items[0].credentialNames.credentialName", hasItem("held"))
                .body("items[0].credentialNames.find { it.credentialName == 'held' }.state", equalTo("active"))
                .body(
                        "items[0].credentialNames.find { it.credentialName == 'held' }.iamRoleArn",
                        equalTo("arn:aws:iam::123456789012:role/held"));
    }
}
