package io.mesosiam.mesos.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.model.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid bytes in one element do not affect how others are read. */
class DamagedElementTest {
    private static final String TASK = """
            {"id":"%s","name":"%s","framework_id":"web","slave_id":"S0","state":"TASK_RUNNING","statuses":[],\
            "labels":[{"key":"k","value":"@"}],"more":#}""";

    @ParameterizedTest
    @ValueSource(strings = {"e9", "f888808080", "eda080", "c0af", "ff", "5c78", "5c7564383030", "5c757a7a7a7a"})
    void stringThatIsNotUtf8AffectsOnlyItsTask(String hex) {
        Snapshot snapshot = state(HexFormat.of().parseHex(hex), "1");

        assertThat(snapshot.rejected()).isEmpty();
        assertThat(snapshot.tasks()).hasSize(3);
        assertThat(snapshot.tasks().get(1).task().labels().getFirst().value().orElseThrow())
                .contains("\uFFFD");
        assertThat(snapshot.tasks().get(2).task().labels().getFirst().value()).contains("v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nan", "1e400", "-inf", "x", "01", "1.", "DIGITS", "DEEP"})
    void valueThatIsNotJsonIsSkipped(String value) {
        String text = value.replace("DIGITS", "7".repeat(20_000))
                .replace("DEEP", "[".repeat(10_000) + "\"]{\"" + "]".repeat(10_000));
        Snapshot snapshot = state("v".getBytes(StandardCharsets.UTF_8), text);

        assertThat(snapshot.rejected()).isEmpty();
        assertThat(snapshot.tasks()).hasSize(3);
        assertThat(snapshot.tasks().get(2).task().key().task()).isEqualTo(new TaskId("c"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"type":"DOCKER","docker":{"image":"a"}}                                                            | a
                    {"type":"MESOS","mesos":{"image":{"type":"DOCKER","docker":{"name":"b"}}}}                          | b
                    {"type":"DOCKER","docker":{"image":"a"},"mesos":{}}                                                 | a\uFFFD
                    {"mesos":{"image":{"type":"DOCKER","docker":{"name":"b"}}},"docker":{"image":"a"},"type":"DOCKER"}  | a\uFFFD
                    {"type":"MESOS","docker":{"image":"a"}}                                                             | \uFFFD
                    {"type":"MESOS","mesos":{"image":{"type":"APPC","appc":{"name":"c"}}}}                              | c
                    {"type":"MESOS","mesos":{"image":{"type":"APPC","appc":{"name":"c"},"docker":{"name":"b"}}}}        | c\uFFFD
                    {"type":"MESOS","mesos":{"image":{"docker":{"name":"b"},"appc":{"name":"c"},"type":"DOCKER"}}}      | b\uFFFD
                    {"type":"MESOS","mesos":{"image":{"type":"APPC","docker":{"name":"b"}}}}                            | \uFFFD
                    """)
    void imageIsDeterminedByTheContainersTypeAndNotComparableIfThereAreTwo(String container, String image) {
        String task = task("a", "v", "1").replaceFirst("\\{", "{\"container\":" + container + ",");

        assertThat(read(document(task)).tasks().getFirst().task().image()).contains(image);
    }

    /** A framework can have a label of hundreds of megabytes; no more of it is kept in memory than is read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "78",
                "e282ac",
                "f09f9880",
                "5c7532306163",
                "5c75643833645c7564653030",
                "ff",
                "5c78",
                "780a",
                "5c6e78"
            })
    void textIsCutWhileItIsRead(String hex) throws Exception {
        byte[] unit = HexFormat.of().parseHex(hex);
        byte[] text = new byte[1_000_000 / unit.length * unit.length];
        for (int i = 0; i < text.length; i++) {
            text[i] = unit[i % unit.length];
        }
        byte[] body = document(task("a", "v", "1"), task("b", "@", "1"), task("c", "v", "1"));
        byte[] damaged = swap(body, '@', text);

        assertThat(new MendedJson(new ByteArrayInputStream(damaged)).readAllBytes())
                .hasSizeLessThan(body.length + 3 * 400_000);
        Snapshot snapshot = read(damaged);
        assertThat(snapshot.tasks()).hasSize(3);
        assertThat(snapshot.tasks().get(1).task().labels().getFirst().value()).contains("\uFFFD");
        assertThat(snapshot.tasks().get(2)).isEqualTo(read(body).tasks().get(2));
    }

    @Test
    void labelsBeyondThoseThatAreKeptCantBeCompared() {
        String label = ",{\"key\":\"k\",\"value\":\"v\"}";
        String many = task("b", "v", "1").replace("}],", "}" + label.repeat(20_000) + "],");

        Snapshot snapshot = read(document(task("a", "v", "1"), many, task("c", "v", "1")));

        assertThat(snapshot.rejected()).isEmpty();
        assertThat(snapshot.tasks().get(1).task().labels())
                .hasSizeBetween(100, 200)
                .endsWith(new Label("k", Optional.of("v")), Label.NOT_KEPT);
        assertThat(snapshot.tasks().get(2).task().labels()).hasSize(1);
    }

    /** A policy's value for a label has at most 1,024 characters. */
    @Test
    void valueOfALabelThatIsLongerThanAPolicysCantBeCompared() {
        String longest = "\uD83D\uDE00".repeat(1_024);

        Snapshot snapshot = read(document(task("a", longest, "1"), task("b", longest + "x", "1")));

        assertThat(snapshot.tasks())
                .extracting(seen -> seen.task().labels().getFirst().value())
                .containsExactly(Optional.of(longest), Optional.of("\uFFFD"));
    }

    @Test
    void nameOfATaskIsCut() {
        String task = task("a", "v", "1").replace("\"name\":\"a\"", "\"name\":\"" + "n".repeat(5_000) + "\"");

        assertThat(read(document(task)).tasks().getFirst().task().name()).isEqualTo("n".repeat(4_096) + "\uFFFD");
    }

    @Test
    void idThatIsNotUtf8RejectsOnlyItsTask() {
        byte[] body = document(task("a", "v", "1"), task("@", "v", "1"), task("c", "v", "1"));
        Snapshot snapshot = read(swap(body, '@', new byte[] {(byte) 0xE9}));

        assertThat(snapshot.tasks()).hasSize(2);
        assertThat(snapshot.rejected()).singleElement().satisfies(one -> assertThat(one.reason())
                .contains("of framework web on Mesos agent S0")
                .contains("task id contains bytes that are not UTF-8"));
        assertThat(snapshot.counts().running())
                .as("the rejected task is counted")
                .isEqualTo(3);
        assertThat(snapshot.rejectedTasks()
                        .mayInclude(new TaskKey(new FrameworkId("web"), new TaskId("gone"), new MesosAgentId("S0"))))
                .isTrue();
        assertThat(snapshot.rejectedTasks()
                        .mayInclude(new TaskKey(new FrameworkId("other"), new TaskId("gone"), new MesosAgentId("S0"))))
                .isFalse();
    }

    @Test
    void validTextIsUnchangedAcrossEveryBufferBoundary() throws Exception {
        String text = "ä€😀 \\ud83d\\ude00 \\n -1.5e-3 true ";
        for (int shift = 0; shift < 40; shift++) {
            byte[] body = ("{\"" + "x".repeat(8_170 - shift) + text + "\":[-1.5e-3,true,null,12]}")
                    .getBytes(StandardCharsets.UTF_8);
            assertThat(new MendedJson(new ByteArrayInputStream(body)).readAllBytes())
                    .isEqualTo(body);
        }
    }

    @Test
    void randomBytesInOneTasksStringsAffectNoOther() {
        byte[] recorded = Recordings.bytes("plain/master/running_state.json");
        Snapshot clean = Recordings.state("plain/master/running_state.json");
        String all = new String(recorded, StandardCharsets.ISO_8859_1);
        Random random = new Random(8);
        for (int round = 0; round < 500; round++) {
            Task victim =
                    clean.tasks().get(random.nextInt(clean.tasks().size())).task();
            String id = "\"id\":\"" + victim.key().task().value() + "\"";
            int from = all.indexOf(id) + 6;
            int to = from + victim.key().task().value().length();
            byte[] damaged = recorded.clone();
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                byte one = (byte) random.nextInt(256);
                damaged[from + random.nextInt(to - from)] = one == '"' || one == '\\' ? (byte) 0xFF : one;
            }
            Snapshot read = read(damaged);
            assertThat(read.tasks().size() + read.rejected().size())
                    .isEqualTo(clean.tasks().size());
            assertThat(read.tasks())
                    .containsAll(clean.tasks().stream()
                            .filter(seen -> !seen.task().key().equals(victim.key()))
                            .toList());
            assertThat(read.agents()).isEqualTo(clean.agents());
            assertThat(read.frameworks()).isEqualTo(clean.frameworks());
        }
    }

    private static Snapshot state(byte[] label, String number) {
        byte[] body = document(task("a", "v", "1"), task("b", "@", number), task("c", "v", "1"));
        return read(swap(body, '@', label));
    }

    private static String task(String id, String label, String more) {
        return TASK.replace("\"@\"", "\"" + label + "\"").replace("%s", id).replace("#", more);
    }

    private static byte[] document(String... tasks) {
        return ("{\"id\":\"m\",\"elected_time\":1.5,\"frameworks\":[{\"id\":\"web\",\"tasks\":["
                        + String.join(",", tasks) + "]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] swap(byte[] body, char mark, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte one : body) {
            if (one == mark) {
                out.writeBytes(by);
            } else {
                out.write(one);
            }
        }
        return out.toByteArray();
    }

    private static Snapshot read(byte[] body) {
        return Recordings.read("damaged", new ByteArrayInputStream(body), new SnapshotReader()::read);
    }
}
