package io.mesosiam.mesos.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.Snapshot;
import io.mesosiam.mesos.model.TaskCounts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random bytes in the values of one element of a recorded response do not affect how other elements are read. A master
 * writes structure, field names and quotes itself; the values come from tasks, frameworks and Mesos agents.
 */
class RandomDamageTest {
    private static final int ROUNDS = 400;

    /** One task, framework or Mesos agent in a v1 listing. */
    private static final Pattern LISTED =
            Pattern.compile("/subscribed/get_state/get_(tasks|executors|frameworks|agents)/[a-z_]+/[0-9]+");

    private static final Pattern IN_EVENT = Pattern.compile(
            "/(task_added/task|task_updated|framework_added/framework|framework_updated/framework|agent_added/agent)/.*");

    private final Random random = new Random(15);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acl/subscribe_iam.recordio",
                "acl/subscribe_batch.recordio",
                "master-restart/stream/after-restart.recordio"
            })
    void listedElementOfSubscribedAffectsNoOther(String stream) {
        byte[] recorded = records(stream).getFirst();
        Snapshot clean = subscription(recorded).snapshot();
        List<JsonLeaf> leaves = JsonLeaf.in(recorded).stream()
                .filter(leaf -> LISTED.matcher(leaf.path()).lookingAt())
                .toList();
        assertThat(leaves).as("elements to damage").isNotEmpty();
        for (int round = 0; round < ROUNDS; round++) {
            JsonLeaf leaf = pick(leaves);
            Subscription read = subscription(leaf.damage(recorded, random));

            assertThat(read.heartbeat()).isEqualTo(subscription(recorded).heartbeat());
            String element = element(leaf);
            int tasks = element.contains("get_tasks") ? 1 : 0;
            int frameworks = element.contains("get_frameworks") ? 1 : 0;
            int agents = element.contains("get_agents") ? 1 : 0;
            assertThat(missing(clean.tasks(), read.snapshot().tasks()))
                    .as(leaf.path())
                    .isLessThanOrEqualTo(tasks);
            assertThat(missing(clean.frameworks(), read.snapshot().frameworks()))
                    .as(leaf.path())
                    .isLessThanOrEqualTo(frameworks);
            assertThat(missing(clean.agents(), read.snapshot().agents()))
                    .as(leaf.path())
                    .isLessThanOrEqualTo(agents);
            assertThat(read.snapshot().rejected().size()
                            + read.snapshot().tasks().size())
                    .as("tasks that are read or reported: " + leaf.path())
                    .isGreaterThanOrEqualTo(clean.tasks().size());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "custom-executor/stream/main.recordio",
                "task-id-reuse/stream/main.recordio",
                "gone/stream/main.recordio",
                "agent-new-id/stream/main.recordio"
            })
    void eventAffectsNoOther(String stream) {
        List<byte[]> recorded = records(stream);
        List<ClusterEvent> clean = events(recorded);
        List<Integer> candidates = new ArrayList<>();
        for (int i = 1; i < recorded.size(); i++) {
            if (JsonLeaf.in(recorded.get(i)).stream().anyMatch(RandomDamageTest::isInEvent)) {
                candidates.add(i);
            }
        }
        assertThat(candidates).as("events to damage").isNotEmpty();
        for (int round = 0; round < ROUNDS / 4; round++) {
            int victim = pick(candidates);
            byte[] record = recorded.get(victim);
            JsonLeaf leaf = pick(JsonLeaf.in(record).stream()
                    .filter(RandomDamageTest::isInEvent)
                    .toList());
            List<byte[]> damaged = new ArrayList<>(recorded);
            damaged.set(victim, leaf.damage(record, random));

            List<ClusterEvent> read = events(damaged);

            assertThat(read).hasSameSizeAs(clean);
            for (int i = 0; i < clean.size(); i++) {
                if (i != victim - 1) {
                    assertThat(read.get(i))
                            .as("event " + (i + 1) + ", damaged: " + leaf.path())
                            .isEqualTo(clean.get(i));
                }
            }
        }
    }

    @Test
    void flagAffectsNoOther() {
        byte[] recorded = Recordings.bytes("plain/master/flags.json");
        Enforcement clean = read(recorded, LeaderReaders::flags).orElseThrow();
        for (int round = 0; round < ROUNDS; round++) {
            JsonLeaf leaf = pick(JsonLeaf.in(recorded));
            Enforcement read =
                    read(leaf.damage(recorded, random), LeaderReaders::flags).orElseThrow();

            assertThat(new Enforcement(
                            true,
                            leaf.path().endsWith("/authenticate_frameworks") ? clean.frameworks() : read.frameworks(),
                            leaf.path().endsWith("/authenticate_http_frameworks")
                                    ? clean.httpFrameworks()
                                    : read.httpFrameworks(),
                            leaf.path().endsWith("/authenticate_agents") ? clean.agents() : read.agents()))
                    .as(leaf.path())
                    .isEqualTo(clean);
        }
    }

    /** A gauge that can't be read is an error, not zero. */
    @Test
    void gaugeAffectsNoOther() {
        byte[] recorded = Recordings.bytes("plain/master/running_metrics_snapshot.json");
        TaskCounts clean = read(recorded, LeaderReaders::metrics).orElseThrow();
        Set<String> counted = Set.of("staging", "starting", "running", "killing", "unreachable");
        for (int round = 0; round < ROUNDS; round++) {
            JsonLeaf leaf = pick(JsonLeaf.in(recorded));
            String gauge = leaf.path().replaceFirst("^/master~1tasks_", "");
            Optional<TaskCounts> read = read(leaf.damage(recorded, random), LeaderReaders::metrics);

            if (counted.contains(gauge)) {
                read.ifPresent(counts -> assertThat(List.of(
                                gauge.equals("staging") ? clean.staging() : counts.staging(),
                                gauge.equals("starting") ? clean.starting() : counts.starting(),
                                gauge.equals("running") ? clean.running() : counts.running(),
                                gauge.equals("killing") ? clean.killing() : counts.killing(),
                                gauge.equals("unreachable") ? clean.unreachable() : counts.unreachable()))
                        .as(leaf.path())
                        .containsExactly(
                                clean.staging(),
                                clean.starting(),
                                clean.running(),
                                clean.killing(),
                                clean.unreachable()));
            } else {
                assertThat(read).as(leaf.path()).contains(clean);
            }
        }
    }

    @Test
    void otherFieldsOfTheLeaderDoNotAffectItsIdOrElection() {
        damageAllBut(
                "plain/master/running_v1_GET_MASTER.json",
                LeaderReaders::master,
                path -> path.endsWith("/master_info/id") || path.endsWith("/elected_time"));
    }

    @Test
    void listedElementsDoNotAffectTheLeader() {
        damageAllBut(
                "plain/master/running_state.json",
                LeaderReaders::headOfState,
                path -> path.equals("/id") || path.equals("/elected_time"));
    }

    private <T> void damageAllBut(String recording, MasterJson.Reader<T> reader, Predicate<String> excluded) {
        byte[] recorded = Recordings.bytes(recording);
        Optional<T> clean = read(recorded, reader);
        assertThat(clean).isPresent();
        List<JsonLeaf> others = JsonLeaf.in(recorded).stream()
                .filter(leaf -> !excluded.test(leaf.path()))
                .toList();
        for (int round = 0; round < ROUNDS; round++) {
            JsonLeaf leaf = pick(others);
            assertThat(read(leaf.damage(recorded, random), reader))
                    .as(leaf.path())
                    .isEqualTo(clean);
        }
    }

    private static boolean isInEvent(JsonLeaf leaf) {
        return IN_EVENT.matcher(leaf.path()).matches();
    }

    private static String element(JsonLeaf leaf) {
        Matcher matcher = LISTED.matcher(leaf.path());
        assertThat(matcher.lookingAt()).isTrue();
        return matcher.group();
    }

    private static <T> int missing(List<T> clean, List<T> read) {
        Set<T> there = new HashSet<>(read);
        return (int) clean.stream().filter(one -> !there.contains(one)).count();
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static List<byte[]> records(String stream) {
        List<byte[]> records = new ArrayList<>();
        RecordIO recordIo = new RecordIO(new ByteArrayInputStream(Recordings.bytes(stream)));
        try {
            for (var one = recordIo.next(1 << 24); one.isPresent(); one = recordIo.next(1 << 24)) {
                records.add(one.get().readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    /** The records except the first, SUBSCRIBED, read by one reader as in a stream. */
    private static List<ClusterEvent> events(List<byte[]> records) {
        EventReader reader = new EventReader();
        return records.stream()
                .skip(1)
                .map(record -> Recordings.read("damaged", new ByteArrayInputStream(record), reader::event))
                .toList();
    }

    private static Subscription subscription(byte[] record) {
        return Recordings.read("damaged", new ByteArrayInputStream(record), Subscription::read);
    }

    private static <T> Optional<T> read(byte[] body, MasterJson.Reader<T> reader) {
        try {
            return Optional.of(MasterJson.document("damaged", new ByteArrayInputStream(body), reader));
        } catch (MasterJson.Malformed e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void leavesAreTheValuesOfADocument() {
        byte[] body = "{\"id\":\"a\\\"b\",\"n\":[1.5,true]}".getBytes(StandardCharsets.UTF_8);
        assertThat(JsonLeaf.in(body))
                .containsExactly(
                        new JsonLeaf("/id", 7, 11, true),
                        new JsonLeaf("/n/0", 18, 21, false),
                        new JsonLeaf("/n/1", 22, 26, false));
    }
}
