package io.mesosiam.sandbox.mesos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the sandbox's responses with those of a real master: no field and no type of a field that a real master
 * never wrote, and no field missing that it always wrote.
 */
class RecordedShapeTest {
    /**
     * Fields that the recordings always have for properties that this cluster lacks: measured resources and the host of
     * a scheduler.
     */
    private static final Set<String> NOT_SHOWN = Set.of(
            "allocated_resources",
            "offer_constraints",
            "_full",
            "webui_url",
            "hostname",
            "labels",
            "ports",
            "agent_info.checkpoint");

    private SandboxMaster master;
    private Operator operator;

    @BeforeEach
    void startClusterWithEvents() throws IOException {
        master = SandboxMaster.start(MasterSetup.plain().withFlag("log_dir", "/var/log/mesos/master"));
        operator = new Operator(master.uri());
    }

    @AfterEach
    void stop() {
        operator.close();
        master.close();
    }

    @Test
    void stateHasTheRecordedFieldsAndTypes() throws Exception {
        new Happenings(master.cluster()).all();

        assertMatches(operator.json("/state"), recorded("state.json"), recorded("state-after-restart.json"));
    }

    @Test
    void stateAfterARestartHasTheRecordedFieldsAndTypes() throws Exception {
        var happenings = new Happenings(master.cluster());
        happenings.tasksRun();
        master.failOver();
        master.recover();
        master.cluster().reregister(happenings.agent1);

        assertMatches(operator.json("/state"), recorded("state.json"), recorded("state-after-restart.json"));
    }

    @Test
    void slavesHasTheRecordedFieldsAndTypes() throws Exception {
        new Happenings(master.cluster()).tasksRun();

        assertMatches(operator.json("/slaves"), recorded("slaves.json"));
    }

    @Test
    void stateByCallHasTheRecordedFieldsAndTypes() throws Exception {
        new Happenings(master.cluster()).all();

        JsonNode ours = operator.call("GET_STATE");
        List<JsonNode> subscribed = recordedEvents()
                .filter(is("SUBSCRIBED"))
                .<JsonNode>map(event -> Operator.MAPPER
                        .createObjectNode()
                        .put("type", "GET_STATE")
                        .set("get_state", event.at("/subscribed/get_state")))
                .toList();
        var theirs = new ArrayList<>(subscribed);
        theirs.add(recorded("v1-state.json"));
        assertMatches(ours, theirs.toArray(JsonNode[]::new));
    }

    @Test
    void masterByCallHasTheRecordedFieldsAndTypes() throws Exception {
        assertMatches(operator.call("GET_MASTER"), recorded("v1-master.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/flags", "/metrics/snapshot"})
    void enumeratedNamesAreRecordedOnes(String path) throws Exception {
        JsonNode ours = operator.json(path);
        JsonNode theirs = recorded(path.equals("/flags") ? "flags.json" : "metrics.json");

        assertThat(new Shape().of(ours).types().keySet())
                .isSubsetOf(new Shape().of(theirs).types().keySet());
    }

    @Test
    void flagsByCallHaveTheRecordedFieldsAndTypes() throws Exception {
        assertMatches(operator.call("GET_FLAGS"), recorded("v1-flags.json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HEARTBEAT",
                "AGENT_ADDED",
                "AGENT_REMOVED",
                "FRAMEWORK_ADDED",
                "FRAMEWORK_UPDATED",
                "FRAMEWORK_REMOVED",
                "TASK_ADDED",
                "TASK_UPDATED"
            })
    void eventsHaveTheRecordedFieldsAndTypes(String type) throws Exception {
        List<JsonNode> ours = eventsOfEverything().stream().filter(is(type)).toList();

        assertThat(ours).isNotEmpty();
        JsonNode[] theirs = recordedEvents().filter(is(type)).toArray(JsonNode[]::new);
        for (JsonNode event : ours) {
            assertKnown(event, theirs);
        }
        assertComplete(ours, theirs);
    }

    @Test
    void statusesOfMastersHaveTheRecordedFields() throws Exception {
        Predicate<JsonNode> byMaster = event -> event.path("task_updated")
                .path("status")
                .path("source")
                .asText()
                .equals("SOURCE_MASTER");
        List<JsonNode> ours = eventsOfEverything().stream().filter(byMaster).toList();

        assertThat(ours)
                .extracting(event -> event.at("/task_updated/state").asText())
                .contains("TASK_UNREACHABLE", "TASK_LOST", "TASK_KILLED", "TASK_GONE_BY_OPERATOR");
        for (JsonNode event : ours) {
            assertKnown(event, recordedEvents().filter(byMaster).toArray(JsonNode[]::new));
        }
    }

    private List<JsonNode> eventsOfEverything() throws Exception {
        var events = new ArrayList<JsonNode>();
        try (Operator.Stream early = operator.subscribe()) {
            events.add(early.next());
            events.add(early.next());
            new Happenings(master.cluster()).all();
            do {
                events.add(early.nextEvent());
            } while (!is("FRAMEWORK_REMOVED").test(events.getLast()));
        }
        return events;
    }

    private static Predicate<JsonNode> is(String type) {
        return event -> event.path("type").asText().equals(type);
    }

    private static void assertMatches(JsonNode ours, JsonNode... theirs) {
        assertKnown(ours, theirs);
        assertComplete(List.of(ours), theirs);
    }

    private static void assertKnown(JsonNode ours, JsonNode... theirs) {
        Map<String, Set<String>> known = shape(List.of(theirs)).types();
        new Shape().of(ours).types().forEach((path, types) -> {
            assertThat(known).as("path %s of %s", path, ours).containsKey(path);
            assertThat(known.get(path)).as("types of %s in %s", path, ours).containsAll(types);
        });
    }

    private static void assertComplete(List<JsonNode> ours, JsonNode... theirs) {
        Shape mine = shape(ours);
        Set<String> always = shape(List.of(theirs)).always();
        always.removeIf(path -> NOT_SHOWN.stream().anyMatch(path::contains) || path.contains(".flags."));
        // a path counts only if our response has the enclosing object
        always.removeIf(path -> !mine.types().containsKey(path.substring(0, path.lastIndexOf('.'))));
        assertThat(mine.types().keySet()).containsAll(always);
    }

    private static Shape shape(List<JsonNode> examples) {
        var shape = new Shape();
        examples.forEach(shape::of);
        return shape;
    }

    private static JsonNode recorded(String name) throws IOException {
        try (InputStream in = RecordedShapeTest.class.getResourceAsStream("/sandbox/mesos/" + name)) {
            return Operator.MAPPER.readTree(Objects.requireNonNull(in, name));
        }
    }

    private static Stream<JsonNode> recordedEvents() throws IOException {
        try (InputStream in = RecordedShapeTest.class.getResourceAsStream("/sandbox/mesos/events.jsonl")) {
            List<JsonNode> events = Operator.MAPPER
                    .readerFor(JsonNode.class)
                    .<JsonNode>readValues(in)
                    .readAll();
            return events.stream();
        }
    }
}
