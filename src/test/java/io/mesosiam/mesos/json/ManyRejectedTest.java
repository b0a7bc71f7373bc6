package io.mesosiam.mesos.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Rejected;
import io.mesosiam.mesos.model.Snapshot;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings with more elements that can't be read than are kept with their reasons. */
class ManyRejectedTest {
    private static final int MANY = 10_000;

    @ParameterizedTest
    @ValueSource(strings = {"slaves", "frameworks", "completed_frameworks", "tasks", "completed_tasks"})
    void elementsWithoutAnIdShareOneRejectionAfterTheFirstHundred(String list) {
        Snapshot snapshot = read(list, "0");

        assertThat(snapshot.rejected()).hasSize(MANY);
        assertThat(snapshot.rejected().subList(0, 100))
                .allSatisfy(element -> assertThat(element.reason()).isNotEmpty());
        Set<Rejected> further = Collections.newSetFromMap(new IdentityHashMap<>());
        further.addAll(snapshot.rejected().subList(100, MANY));
        assertThat(further).hasSize(1);
    }

    @Test
    void endedTasksShareOneRejectionAfterTheFirstHundred() {
        Snapshot snapshot = read("completed_tasks", "{\"id\":\"a\",\"state\":\"TASK_FINISHED\"}");

        assertThat(snapshot.rejected().get(MANY - 1))
                .isSameAs(snapshot.rejected().get(100));
    }

    @Test
    void runningTaskIsNotAbsentAndCountsAfterTheFirstHundred() {
        Snapshot snapshot =
                read("tasks", "{\"id\":\"b\"}", "{\"id\":\"a\",\"state\":\"TASK_RUNNING\",\"slave_id\":\"S1\"}");

        assertThat(snapshot.rejected().getLast()).isInstanceOfSatisfying(Rejected.OneTask.class, task -> {
            assertThat(task.task()).contains(new TaskId("a"));
            assertThat(task.agent()).contains(new MesosAgentId("S1"));
            assertThat(task.state()).isEqualTo(TaskState.RUNNING);
        });
        assertThat(snapshot.rejectedTasks()
                        .mayInclude(new TaskKey(new FrameworkId("F"), new TaskId("a"), new MesosAgentId("S1"))))
                .isTrue();
    }

    private static Snapshot read(String list, String element) {
        return read(list, element, element);
    }

    /** Reads a list that has an element many times, with another one at its end. */
    private static Snapshot read(String list, String element, String last) {
        String json = "{\"" + list + "\":[" + (element + ",").repeat(MANY - 1) + last + "]}";
        return Recordings.read(
                "many", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), new SnapshotReader()::read);
    }
}
