package io.mesosiam.mesos.json;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.SeenTask.Listing;
import io.mesosiam.mesos.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares every recorded response and stream with a second, slow and simple parser of the same bytes. */
class RecordingsTest {
    private static final ObjectMapper TREES = new ObjectMapper();
    private static final Leader LEADER = new Leader("leader", "1.0");

    static Stream<String> states() {
        return json().filter(name -> {
            JsonNode tree = tree(name);
            return tree.path("frameworks").isArray() && tree.has("elected_time") && tree.has("slaves");
        });
    }

    static Stream<String> getStates() {
        return json().filter(name -> tree(name).path("get_state").isObject());
    }

    static Stream<String> streams() {
        return Recordings.files()
                .map(Recordings::name)
                .filter(name ->
                        name.endsWith(".recordio") && !name.contains("scheduler") && !name.contains("failover-"));
    }

    static Stream<String> runs() {
        return Recordings.files()
                .map(Recordings::name)
                .filter(name -> name.endsWith("/series.jsonl"))
                .map(name -> name.substring(0, name.indexOf('/')))
                .filter(run -> Files.exists(Recordings.ROOT.resolve(run + "/stream/main.recordio")));
    }

    @ParameterizedTest
    @MethodSource("states")
    void stateContainsItsTasksFrameworksAndAgents(String name) {
        Snapshot snapshot = Recordings.state(name);
        JsonNode tree = tree(name);

        List<String> tasks = new ArrayList<>();
        for (String list : List.of("frameworks", "completed_frameworks")) {
            for (JsonNode framework : tree.path(list)) {
                framework.path("tasks").forEach(t -> tasks.add(line(Listing.LIVE, t)));
                framework.path("unreachable_tasks").forEach(t -> tasks.add(line(Listing.UNREACHABLE, t)));
                framework.path("completed_tasks").forEach(t -> tasks.add(line(Listing.COMPLETED, t)));
            }
        }
        assertThat(snapshot.rejected()).isEmpty();
        assertThat(snapshot.tasks()).map(RecordingsTest::line).containsExactlyInAnyOrderElementsOf(tasks);
        assertThat(snapshot.frameworks())
                .map(seen -> seen.framework().id() + " " + seen.framework().name() + " "
                        + seen.framework().principal().orElse("") + " "
                        + seen.framework().user() + " " + seen.recovered())
                .containsExactlyInAnyOrderElementsOf(texts(
                        tree.path("frameworks"),
                        f -> f.path("id").asText() + " " + f.path("name").asText() + " "
                                + f.path("principal").asText() + " "
                                + f.path("user").asText() + " "
                                + f.path("recovered").asBoolean()));
        assertThat(snapshot.agents())
                .map(a ->
                        a.id() + " " + a.hostname() + " " + a.attributes().size() + " " + a.active() + a.deactivated())
                .containsExactlyInAnyOrderElementsOf(texts(
                        tree.path("slaves"),
                        a -> a.path("id").asText() + " " + a.path("hostname").asText() + " "
                                + a.path("attributes").size() + " "
                                + a.path("active").asBoolean()
                                + a.path("deactivated").asBoolean()));
        assertThat(snapshot.leader()).hasValueSatisfying(leader -> {
            assertThat(leader.id()).isEqualTo(tree.path("id").asText());
            assertThat(Double.parseDouble(leader.electedTime()))
                    .isEqualTo(tree.path("elected_time").asDouble());
        });
    }

    @ParameterizedTest
    @MethodSource("getStates")
    void getStateContainsItsTasks(String name) {
        Snapshot snapshot = Recordings.state(name);
        JsonNode lists = tree(name).path("get_state").path("get_tasks");

        List<String> tasks = new ArrayList<>();
        lists.path("tasks").forEach(t -> tasks.add(line(Listing.LIVE, t)));
        lists.path("unreachable_tasks").forEach(t -> tasks.add(line(Listing.UNREACHABLE, t)));
        lists.path("completed_tasks").forEach(t -> tasks.add(line(Listing.COMPLETED, t)));
        assertThat(snapshot.rejected()).isEmpty();
        assertThat(snapshot.tasks()).map(RecordingsTest::line).containsExactlyInAnyOrderElementsOf(tasks);
    }

    /** {@code X_state} and {@code X_v1_GET_STATE} were requested immediately one after the other. */
    @ParameterizedTest
    @MethodSource("getStates")
    void bothFormatsGiveTheSame(String name) {
        String other = name.replace("v1_GET_STATE", "state");
        if (name.equals(other)
                || !Files.exists(Recordings.ROOT.resolve(other))
                || name.startsWith("plain/master/restart")) {
            return;
        }
        Snapshot v1 = Recordings.state(name);
        Snapshot state = Recordings.state(other);
        assertThat(v1.agents()).containsExactlyInAnyOrderElementsOf(state.agents());
        assertThat(v1.frameworks()).containsExactlyInAnyOrderElementsOf(state.frameworks());
        assertThat(v1.tasks())
                .filteredOn(t -> t.listing() != Listing.COMPLETED)
                .map(SeenTask::task)
                .containsExactlyInAnyOrderElementsOf(state.tasks().stream()
                        .filter(t -> t.listing() != Listing.COMPLETED)
                        .map(SeenTask::task)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("streams")
    void everyRecordOfAStreamCanBeRead(String name) {
        assertThat(Recordings.stream(name, LEADER))
                .isNotEmpty()
                .filteredOn(event -> event instanceof ClusterEvent.Nothing)
                .allMatch(event -> event.equals(new ClusterEvent.Nothing("HEARTBEAT")));
    }

    /** Replays a run's stream, and compares it with each poll at the poll's time, give or take half a second. */
    @ParameterizedTest
    @MethodSource("runs")
    void streamAgreesWithPolls(String run) throws IOException {
        // The polls of this run begin after the master has restarted.
        String stream = run + "/stream/" + (run.equals("master-restart") ? "after-restart" : "main");
        List<ClusterEvent> events = Recordings.stream(stream + ".recordio", LEADER);
        List<JsonNode> times = lines(stream + ".times.jsonl");
        List<ClusterModel> models = new ArrayList<>();
        ClusterModel model = ClusterModel.startingWith(List.of());
        for (ClusterEvent event : events) {
            model = model.apply(event, _ -> Optional.of(Map.of())).model();
            models.add(model);
        }
        double end = times.getLast().path("received").asDouble();
        int compared = 0;
        for (JsonNode poll : lines(run + "/series.jsonl")) {
            double at = poll.path("epoch").asDouble();
            String body = run + "/" + poll.path("state_body").asText();
            if (poll.path("state_body").asText().isEmpty()
                    || at < times.getFirst().path("received").asDouble()
                    || at > end) {
                continue;
            }
            Snapshot listed = Recordings.state(body);
            List<Set<String>> candidates = new ArrayList<>();
            for (int i = 0; i < models.size(); i++) {
                double next = i + 1 < models.size()
                        ? times.get(i + 1).path("received").asDouble()
                        : Double.MAX_VALUE;
                if (times.get(i).path("received").asDouble() <= at + 0.5 && next >= at - 0.5) {
                    candidates.add(running(models.get(i).state()));
                }
            }
            assertThat(candidates).as(body).contains(running(listed));
            compared++;
        }
        assertThat(compared).isGreaterThan(5);
    }

    /** The tasks that run according to the master. LOST tasks can be in either list and are not compared. */
    private static Set<String> running(ClusterState state) {
        return state.launches().values().stream()
                .filter(l -> l.end().isEmpty() && l.task().state() != TaskState.LOST)
                .map(l -> l.launch().key() + " " + l.task().container().orElse(null))
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> running(Snapshot snapshot) {
        return snapshot.tasks().stream()
                .filter(t -> t.listing() != Listing.COMPLETED
                        && !t.task().state().isEnd()
                        && t.task().state() != TaskState.LOST)
                .map(t -> t.task().key() + " " + t.task().container().orElse(null))
                .collect(toCollection(TreeSet::new));
    }

    private static String line(SeenTask seen) {
        Task task = seen.task();
        return String.join(
                " ",
                seen.listing().name(),
                task.key().toString(),
                task.name(),
                "TASK_" + task.state(),
                task.role().value(),
                task.container().map(ContainerId::toString).orElse("-"),
                task.labels().toString());
    }

    private static String line(Listing listing, JsonNode task) {
        String container = "-";
        for (JsonNode status : task.path("statuses")) {
            JsonNode id = status.path("container_status").path("container_id");
            container = id.isMissingNode() ? container : container(id);
        }
        String role = task.has("role")
                ? task.path("role").asText()
                : task.path("resources")
                        .path(0)
                        .path("allocation_info")
                        .path("role")
                        .asText();
        JsonNode labels = task.path("labels").isArray()
                ? task.path("labels")
                : task.path("labels").path("labels");
        // what policies compare is read of tasks that they decide about
        boolean compared = listing != Listing.COMPLETED;
        List<Label> all = new ArrayList<>();
        (compared ? labels : MissingNode.getInstance())
                .forEach(l -> all.add(new Label(
                        l.path("key").asText(),
                        Optional.ofNullable(l.get("value")).map(JsonNode::asText))));
        return String.join(
                " ",
                listing.name(),
                id(task, "framework_id") + "/"
                        + (task.has("id") ? task.path("id").asText() : id(task, "task_id")) + "@"
                        + (task.has("slave_id") ? id(task, "slave_id") : id(task, "agent_id")),
                compared ? task.path("name").asText() : "",
                task.path("state").asText(),
                role,
                container,
                all.toString());
    }

    private static String container(JsonNode id) {
        return id.has("parent")
                ? container(id.path("parent")) + "/" + id.path("value").asText()
                : id.path("value").asText();
    }

    private static String id(JsonNode task, String field) {
        JsonNode id = task.path(field);
        return id.isObject() ? id.path("value").asText() : id.asText();
    }

    private static List<String> texts(JsonNode list, Function<JsonNode, String> text) {
        List<String> all = new ArrayList<>();
        list.forEach(one -> all.add(text.apply(one)));
        return all;
    }

    private static Stream<String> json() {
        return Recordings.files()
                .map(Recordings::name)
                .filter(name -> (name.endsWith(".json") || name.endsWith(".body"))
                        && (name.contains("state") || name.contains("STATE"))
                        && !name.contains("/agent")
                        && !name.contains("summary"));
    }

    private static JsonNode tree(String name) {
        try {
            return TREES.readTree(Recordings.bytes(name));
        } catch (IOException e) {
            return TREES.createObjectNode();
        }
    }

    private static List<JsonNode> lines(String name) throws IOException {
        List<JsonNode> all = new ArrayList<>();
        for (String line : Files.readAllLines(Recordings.ROOT.resolve(Path.of(name)))) {
            all.add(TREES.readTree(line));
        }
        return all;
    }
}
