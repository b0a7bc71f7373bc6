package io.mesosiam.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskSearchTest {
    private static final ContainerId NESTED = ContainerId.of("pod").child("main");

    @ParameterizedTest
    @CsvSource({"pod/main, 1", "pod, 1", "main, 1", "po, 0", "pod/, 0", "pod/other, 0"})
    void containerIsFoundByItsPathOrByAnIdInIt(String id, int found) {
        ClusterState state = cluster(launch("t1", 1, Optional.of(NESTED), Optional.empty()));

        assertThat(byContainer(id).in(state, _ -> true, 10)).hasSize(found);
    }

    @Test
    void runningLaunchesComeFirstAndNewerBeforeOlderOnes() {
        Optional<TaskEnd> ended = Optional.of(new TaskEnd.ContainerEnded(NESTED));
        ClusterState state = cluster(
                launch("a", 1, Optional.empty(), ended),
                launch("a", 2, Optional.empty(), ended),
                launch("b", 1, Optional.empty(), Optional.empty()));

        assertThat(all().in(state, _ -> true, 10))
                .extracting(found ->
                        found.launch().key().task().value() + found.launch().sequence())
                .containsExactly("b1", "a2", "a1");
        assertThat(all().in(state, _ -> true, 2)).hasSize(2);
    }

    private static TaskSearch all() {
        Optional<String> any = Optional.empty();
        return new TaskSearch(any, any, any, any, any);
    }

    private static TaskSearch byContainer(String id) {
        Optional<String> any = Optional.empty();
        return new TaskSearch(any, any, any, Optional.of(id), any);
    }

    private static LaunchedTask launch(
            String task, long sequence, Optional<ContainerId> container, Optional<TaskEnd> end) {
        TaskKey key = new TaskKey(new FrameworkId("F"), new TaskId(task), new MesosAgentId("S"));
        return new LaunchedTask(
                new Launch(key, sequence),
                new Task(
                        key,
                        task,
                        new MesosRole("web"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        TaskState.RUNNING,
                        container),
                true,
                end);
    }

    private static ClusterState cluster(LaunchedTask... launches) {
        Map<Launch, LaunchedTask> all =
                Stream.of(launches).collect(Collectors.toMap(LaunchedTask::launch, Function.identity()));
        return new ClusterState(
                1, Optional.empty(), true, Enforcement.UNKNOWN, new Completeness.Whole(), Map.of(), Map.of(), all);
    }
}
