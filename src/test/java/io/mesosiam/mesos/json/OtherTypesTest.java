package io.mesosiam.mesos.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.mesos.model.MasterTaskCounts;
import io.mesosiam.mesos.model.SeenTask;
import io.mesosiam.mesos.model.Snapshot;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each value of one element of a recorded listing is replaced by values of other types and sizes, and is given twice.
 * Other elements are read as before and end no launch, and the element itself is read or reported.
 */
class OtherTypesTest {
    /** One task, framework or Mesos agent. */
    private static final Pattern ELEMENT =
            Pattern.compile("(/slaves/\\d+|/(completed_)?frameworks/\\d+(/(completed_|unreachable_)?tasks/\\d+)?"
                    + "|/get_state/get_(tasks|frameworks|agents)/[a-z_]+/\\d+)(?=/|$)");

    /** Lists that the master itself writes into a framework. */
    private static final Pattern OF_THE_MASTER = Pattern.compile("/frameworks/\\d+(/([a-z_]*tasks|executors))?");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-0",
            "1e-400",
            "1e400",
            "nan",
            "-Infinity",
            "{}",
            "[]",
            "\"\"",
            "\" \"",
            "[[[]]]",
            "{\"value\":null}",
            "{\"value\":{\"value\":\"x\"}}",
            "{\"value\":[\"x\"]}",
            "[null,1,\"x\",{}]",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\u0000\"",
            "\"a\nb\u0001\"",
            "\"\\u2028\\u202e\"",
            "\"\\u12\"",
            "\"\\x41\"",
            "\"\u00ff\u00fe\"",
            "\"\0\"",
            "\"\u00c0\u0080\"",
            "\"\u00f0\u009f\u0098\"",
            "\"]}\"",
            "\"{[\"",
            "\"\\\\\"",
            "\"\\\"}]\"",
            "7".repeat(1_200),
            "-" + "7".repeat(64),
            "[".repeat(2_000) + "]".repeat(2_000),
            "{\"value\":".repeat(2_000) + "1" + "}".repeat(2_000),
            "{\"value\":\"x\",\"parent\":".repeat(100) + "1" + "}".repeat(100),
            "\"" + "x".repeat(70_000) + "\"");

    private static final Leader LEADER = new Leader("leader", "1.5");

    /** A quarter of the values in one element of each kind; all with {@code -Dmesosiam.test.history-factor=2}. */
    @ParameterizedTest
    @CsvSource({
        "plain/master/running_state.json, /slaves/1|/frameworks/1|/frameworks/1/tasks/0",
        "plain/master/running_v1_GET_STATE.json, agents/1|frameworks/0|tasks/1"
    })
    void valueOfOneElementAffectsNoOther(String recording, String elements) {
        boolean all = Integer.getInteger("mesosiam.test.history-factor", 1) > 1;
        byte[] body = Recordings.bytes(recording);
        Snapshot clean = read(body);
        int tried = 0;
        for (JsonSpan span : JsonSpan.in(body)) {
            Matcher element = ELEMENT.matcher(span.path());
            if (element.lookingAt()
                    && !OF_THE_MASTER.matcher(span.path()).matches()
                    && (all || element.group().matches(".*(" + elements + ")"))) {
                for (String value : values(body, span)) {
                    if (tried++ % 4 != 0 && !all) {
                        continue;
                    }
                    byte[] bytes = value.getBytes(ISO_8859_1);
                    assertUnaffected(
                            span.path() + "=" + value.substring(0, Math.min(value.length(), 80)),
                            element.group(),
                            clean,
                            read(span.replaced(body, bytes)));
                }
            }
        }
        assertThat(tried).isGreaterThan(1_000);
    }

    @Test
    void textOfTenMegabytesAffectsOnlyItsTask() {
        byte[] body = Recordings.bytes("plain/master/running_state.json");
        JsonSpan span = JsonSpan.in(body).stream()
                .filter(one -> one.path().equals("/frameworks/1/tasks/0/name"))
                .findFirst()
                .orElseThrow();
        byte[] longName = ("\"" + "\\ud83d\\ude00".repeat(900_000) + "\"").getBytes(ISO_8859_1);

        Snapshot read = read(span.replaced(body, longName));

        assertUnaffected("long name", "/frameworks/1/tasks/0", read(body), read);
        assertThat(read.tasks().stream().map(seen -> seen.task().name()).filter(name -> name.startsWith("😀")))
                .singleElement()
                .satisfies(name -> assertThat(new String(name.getBytes(UTF_8), UTF_8))
                        .as("no character is cut in half")
                        .isEqualTo(name));
    }

    private static void assertUnaffected(String what, String element, Snapshot clean, Snapshot read) {
        if (read.equals(clean)) {
            return;
        }
        boolean task = element.contains("tasks/");
        boolean agent = element.contains("slaves") || element.contains("agents");
        boolean framework = !task && !agent;
        assertThat(missing(clean.tasks(), read.tasks())).as(what).isLessThanOrEqualTo(task ? 1 : 0);
        assertThat(missing(clean.frameworks(), read.frameworks())).as(what).isLessThanOrEqualTo(framework ? 1 : 0);
        assertThat(missing(clean.agents(), read.agents())).as(what).isLessThanOrEqualTo(agent ? 1 : 0);
        assertThat(read.leader()).as(what).isEqualTo(clean.leader());
        assertThat(size(read)).as("read or reported: " + what).isEqualTo(size(clean));
        assertThat(ended(clean, read)).as("launches ended: " + what).hasSizeLessThanOrEqualTo(task ? 1 : 0);
    }

    /** The launches of the first listing that end while the master gives the second one, and counts as before. */
    private static Set<TaskKey> ended(Snapshot clean, Snapshot later) {
        ClusterModel model = ClusterModel.startingWith(List.of());
        var gauges = new MasterTaskCounts.Around(clean.counts(), clean.counts());
        for (Snapshot listing : List.of(clean, clean, later, later, later)) {
            model = model.apply(
                            new ClusterEvent.Polled(
                                    LEADER, listing, model.state().version(), false, gauges),
                            _ -> Optional.of(Map.of()))
                    .model();
        }
        Set<TaskKey> known = clean.tasks().stream()
                .filter(seen -> seen.listing() != SeenTask.Listing.COMPLETED)
                .map(seen -> seen.task().key())
                .collect(Collectors.toSet());
        return model.state().launches().values().stream()
                .filter(launched -> launched.end().isPresent())
                .map(launched -> launched.launch())
                .map(Launch::key)
                .filter(known::contains)
                .collect(Collectors.toSet());
    }

    private static int size(Snapshot listing) {
        return listing.tasks().size()
                + listing.frameworks().size()
                + listing.removedFrameworks().size()
                + listing.agents().size()
                + listing.rejected().size();
    }

    private static <T> int missing(List<T> clean, List<T> read) {
        List<T> left = new ArrayList<>(clean);
        read.forEach(left::remove);
        return left.size();
    }

    private static List<String> values(byte[] body, JsonSpan span) {
        List<String> values = new ArrayList<>(VALUES);
        if (body[span.from() - 1] == ':') {
            String own = new String(body, span.from(), span.to() - span.from(), ISO_8859_1);
            String before = new String(body, 0, span.from(), ISO_8859_1);
            String name = before.substring(before.lastIndexOf('"', before.length() - 3));
            for (String other : List.of("null", "{}", "\"x\"", "[]")) {
                values.add(own + "," + name + other);
                values.add(other + "," + name + own);
            }
            values.add(own + ",\"\\ud800\u00ff\":1,\"\u00e9\":{}");
        }
        return values;
    }

    private static Snapshot read(byte[] body) {
        return Recordings.read("damaged", new ByteArrayInputStream(body), new SnapshotReader()::read);
    }
}
