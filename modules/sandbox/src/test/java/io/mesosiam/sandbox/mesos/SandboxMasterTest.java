package io.mesosiam.sandbox.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxMasterTest {
    private SandboxMaster master;
    private Operator operator;

    @AfterEach
    void stop() {
        operator.close();
        master.close();
    }

    private SandboxCluster start(MasterSetup setup) throws IOException {
        master = SandboxMaster.start(setup);
        operator = new Operator(master.uri());
        return master.cluster();
    }

    @Test
    void streamBeginsWithTheStateAndAHeartbeat() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));
        happenings.tasksRun();

        try (Operator.Stream stream = operator.subscribe()) {
            assertThat(stream.response().headers().firstValue("Transfer-Encoding"))
                    .contains("chunked");
            JsonNode subscribed = stream.next();
            assertThat(subscribed.at("/subscribed/get_state/get_tasks/tasks")).hasSize(6);
            assertThat(subscribed.at("/subscribed/heartbeat_interval_seconds").asDouble())
                    .isEqualTo(15.0);
            assertThat(stream.next().path("type").asText()).isEqualTo("HEARTBEAT");
        }
    }

    @Test
    void idleStreamSendsHeartbeats() throws Exception {
        start(MasterSetup.plain().withHeartbeat(Duration.ofMillis(20)));

        try (Operator.Stream stream = operator.subscribe()) {
            stream.next();
            for (int beat = 0; beat < 5; beat++) {
                assertThat(stream.next().path("type").asText()).isEqualTo("HEARTBEAT");
            }
        }
    }

    @Test
    void launchEventPrecedesTheContainer() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));

        try (Operator.Stream stream = operator.subscribe()) {
            stream.nextEvent();
            happenings.run(TaskSpec.ofPod("pod", "a", happenings.web, happenings.agent1, "web"), "parent", "child");

            JsonNode added = stream.nextEvent().at("/task_added/task");
            assertThat(added.path("state").asText()).isEqualTo("TASK_STAGING");
            assertThat(added.has("statuses")).isFalse();
            JsonNode starting = stream.nextEvent().path("task_updated");
            assertThat(starting.path("state").asText()).isEqualTo("TASK_STARTING");
            assertThat(starting.at("/status/container_status/container_id/value")
                            .asText())
                    .isEqualTo("child");
            assertThat(starting.at("/status/container_status/container_id/parent/value")
                            .asText())
                    .isEqualTo("parent");
            assertThat(stream.nextEvent().at("/task_updated/state").asText()).isEqualTo("TASK_RUNNING");
        }
    }

    @Test
    void unreachableAgentCausesNoAgentEventAndItsTasksReturnBeforeIt() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));
        happenings.run(happenings.task("w", happenings.web, happenings.agent1), "c1");
        happenings.run(happenings.task("b", happenings.batch, happenings.agent1), "c2");

        try (Operator.Stream stream = operator.subscribe()) {
            stream.nextEvent();
            master.cluster().unreachable(happenings.agent1);

            assertThat(stream.nextEvent().at("/task_updated/state").asText()).isEqualTo("TASK_UNREACHABLE");
            assertThat(stream.nextEvent().at("/task_updated/state").asText()).isEqualTo("TASK_LOST");
            assertThat(operator.json("/state").path("unreachable_slaves").asDouble())
                    .isEqualTo(1.0);
            assertThat(operator.json("/metrics/snapshot")
                            .path("master/tasks_unreachable")
                            .asDouble())
                    .isEqualTo(2.0);

            master.cluster().reregister(happenings.agent1);

            assertThat(stream.nextEvent().at("/task_added/task/state").asText()).isEqualTo("TASK_RUNNING");
            assertThat(stream.nextEvent().at("/task_added/task/state").asText()).isEqualTo("TASK_RUNNING");
            assertThat(stream.nextType()).isEqualTo("AGENT_ADDED");
        }
    }

    @Test
    void taskThatEndedDuringAFailoverIsReportedAsEnded() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));
        TaskKey key = happenings.run(happenings.task("w", happenings.web, happenings.agent1), "c1");
        master.cluster().unreachable(happenings.agent1);
        master.cluster().updateStatus(key, TaskState.FINISHED, "Command exited with status 0");

        try (Operator.Stream stream = operator.subscribe()) {
            stream.nextEvent();
            master.cluster().reregister(happenings.agent1);

            assertThat(stream.nextEvent().at("/task_added/task/state").asText()).isEqualTo("TASK_FINISHED");
        }
    }

    @Test
    void failoverEndsStreamsThenShowsAnEmptyClusterThenFillsByAgent() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));
        happenings.tasksRun();
        String before = operator.json("/state").path("id").asText();

        try (Operator.Stream stream = operator.subscribe()) {
            stream.nextEvent();
            master.failOver();
            assertThatThrownBy(stream::nextEvent).isInstanceOf(IOException.class);
        }
        assertThat(operator.get("/state").statusCode()).isEqualTo(503);
        assertThat(operator.get("/state").body()).isEqualTo("Master has not finished recovery");

        master.recover();
        JsonNode empty = operator.json("/state");
        assertThat(empty.path("id").asText()).isNotEqualTo(before);
        assertThat(empty.path("frameworks")).isEmpty();
        assertThat(empty.path("slaves")).isEmpty();
        assertThat(empty.path("recovered_slaves")).hasSize(2);

        try (Operator.Stream stream = operator.subscribe()) {
            stream.nextEvent();
            master.cluster().reregister(happenings.agent1);
            assertThat(types(stream, 7))
                    .containsExactly(
                            "AGENT_ADDED",
                            "FRAMEWORK_ADDED",
                            "TASK_ADDED",
                            "TASK_ADDED",
                            "TASK_ADDED",
                            "FRAMEWORK_ADDED",
                            "TASK_ADDED");
            master.cluster().reregister(happenings.agent2);
            assertThat(types(stream, 3)).containsExactly("TASK_ADDED", "TASK_ADDED", "AGENT_ADDED");
            master.cluster().resubscribe(happenings.web, Happenings.WEB);
            JsonNode updated = stream.nextEvent().at("/framework_updated/framework");
            assertThat(updated.path("recovered").asBoolean()).isFalse();
        }
    }

    @Test
    void tasksOfATornDownFrameworkAreKilledFirst() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));
        happenings.run(happenings.task("b", happenings.batch, happenings.agent1), "c2");

        try (Operator.Stream stream = operator.subscribe()) {
            stream.nextEvent();
            master.cluster().teardown(happenings.batch);

            JsonNode killed = stream.nextEvent().path("task_updated");
            assertThat(killed.at("/status/source").asText()).isEqualTo("SOURCE_MASTER");
            assertThat(killed.path("state").asText()).isEqualTo("TASK_KILLED");
            assertThat(stream.nextType()).isEqualTo("FRAMEWORK_REMOVED");
        }
    }

    @Test
    void invalidCallsAreRefusedWithTheRecordedTexts() throws Exception {
        start(MasterSetup.plain());
        String[] json = {"Content-Type", "application/json"};

        assertRefused("no_content_type", operator.call("{}", "X-Other", "1"));
        assertRefused("text_content_type", operator.call("{}", "Content-Type", "text/plain"));
        assertRefused(
                "accept_html",
                operator.call("{\"type\":\"GET_STATE\"}", "Content-Type", "application/json", "Accept", "text/html"));
        assertRefused("bad_json", operator.call("{not json", json));
        assertRefused("unknown_type", operator.call("{\"type\":\"NO_SUCH_CALL\"}", json));
        assertRefused("put", operator.put("{}"));
    }

    @Test
    void requestWithoutCredentialIsRefusedIfOneIsRequired() throws Exception {
        start(MasterSetup.plain().authenticating(Map.of("iam", "secret")));

        HttpResponse<String> state = operator.get("/state");
        assertThat(state.statusCode()).isEqualTo(401);
        assertThat(state.body()).isEqualTo("401 Unauthorized.");
        assertThat(state.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"mesos-master-readonly\"");
        assertThat(operator.call("{}", "Content-Type", "application/json")
                        .headers()
                        .firstValue("WWW-Authenticate"))
                .contains("Basic realm=\"mesos-master-readwrite\"");
        assertThat(operator.get("/state", Operator.as("iam", "wrong")).statusCode())
                .isEqualTo(401);
        assertThat(operator.get("/state", Operator.as("iam", "secret")).statusCode())
                .isEqualTo(200);
        assertThat(operator.get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void aclsHideSilently() throws Exception {
        var happenings = new Happenings(start(MasterSetup.plain()));
        happenings.tasksRun();
        master.showFrameworks("", false);

        assertThat(operator.get("/state").statusCode()).isEqualTo(200);
        assertThat(operator.json("/state").path("frameworks")).isEmpty();
        assertThat(operator.json("/state").path("slaves")).hasSize(2);
        assertThat(operator.json("/metrics/snapshot")
                        .path("master/tasks_running")
                        .asDouble())
                .isEqualTo(6.0);
        try (Operator.Stream stream = operator.subscribe()) {
            assertThat(stream.nextEvent().at("/subscribed/get_state/get_tasks/tasks"))
                    .isEmpty();
            happenings.run(happenings.task("new", happenings.web, happenings.agent1), "c9");
            master.cluster().register(Happenings.agent("agent3", "127.0.0.4"));
            assertThat(stream.nextType()).isEqualTo("AGENT_ADDED");
        }

        master.showEndpoints("", false);
        assertThat(operator.get("/flags").statusCode()).isEqualTo(403);
        assertThat(operator.get("/flags").body()).isEqualTo("403 Forbidden.");
        assertThat(operator.json("/state").has("flags")).isFalse();
    }

    @Test
    void redirectsHaveNoScheme() throws Exception {
        start(MasterSetup.plain().withHostname("master1.mesos.test"));
        int port = master.uri().getPort();
        assertThat(operator.get("/redirect").headers().firstValue("Location")).contains("//master1.mesos.test:" + port);

        master.follow("leader.mesos.test:5050");
        assertThat(operator.get("/redirect").headers().firstValue("Location")).contains("//leader.mesos.test:5050");
        HttpResponse<String> state = operator.get("/state?limit=1");
        assertThat(state.statusCode()).isEqualTo(307);
        assertThat(state.headers().firstValue("Location")).contains("//leader.mesos.test:5050/master/state?limit=1");
        assertThat(operator.get("/flags").statusCode()).isEqualTo(200);

        master.awaitElection();
        assertThat(operator.get("/state").body()).isEqualTo("No leader elected");
    }

    @Test
    void flagsShowWhatIsEnforced() throws Exception {
        start(MasterSetup.plain().enforcingPrincipals());

        JsonNode flags = operator.json("/flags").path("flags");
        for (String name : List.of("authenticate_agents", "authenticate_frameworks", "authenticate_http_frameworks")) {
            assertThat(flags.path(name).asText()).isEqualTo("true");
        }
        assertThat(operator.json("/state").path("flags")).isEqualTo(flags);
    }

    private static List<String> types(Operator.Stream stream, int count) throws IOException {
        var types = new java.util.ArrayList<String>();
        for (int i = 0; i < count; i++) {
            types.add(stream.nextType());
        }
        return types;
    }

    private static void assertRefused(String recording, HttpResponse<String> answer) throws IOException {
        try (InputStream in = SandboxMasterTest.class.getResourceAsStream("/sandbox/mesos/errors.json")) {
            JsonNode recorded =
                    Operator.MAPPER.readTree(Objects.requireNonNull(in)).path(recording);
            assertThat(answer.statusCode())
                    .as(recording)
                    .isEqualTo(recorded.path("status").asInt());
            assertThat(answer.body())
                    .as(recording)
                    .isEqualTo(recorded.path("text").asText());
        }
    }
}
