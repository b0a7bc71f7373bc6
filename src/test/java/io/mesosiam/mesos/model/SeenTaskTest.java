package io.mesosiam.mesos.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ends that a report of a task proves by itself. */
class SeenTaskTest {
    private static final List<Optional<String>> SOURCES = List.of(
            Optional.empty(),
            Optional.of("SOURCE_MASTER"),
            Optional.of("SOURCE_AGENT"),
            Optional.of("SOURCE_SLAVE"),
            Optional.of("SOURCE_EXECUTOR"));
    private static final Set<TaskState> ENDS = EnumSet.of(
            TaskState.FINISHED,
            TaskState.FAILED,
            TaskState.KILLED,
            TaskState.ERROR,
            TaskState.DROPPED,
            TaskState.GONE,
            TaskState.GONE_BY_OPERATOR);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOST")
    void terminalStateProvesAnEndForEverySource(TaskState state) {
        Optional<TaskEnd> expected = Optional.of(state).filter(ENDS::contains).map(TaskEnd.Terminal::new);

        assertThat(SOURCES).allSatisfy(source -> assertThat(end(state, source)).isEqualTo(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SOURCE_AGENT", "SOURCE_SLAVE", "SOURCE_EXECUTOR"})
    void lostReportedByAgentOrExecutorProvesAnEnd(String source) {
        assertThat(end(TaskState.LOST, Optional.of(source))).contains(new TaskEnd.LostAtSource(source));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SOURCE_MASTER", "SOURCE_ALLOCATOR", "source_agent", ""})
    void lostReportedByAnotherSourceProvesNothing(String source) {
        assertThat(end(TaskState.LOST, Optional.of(source))).isEmpty();
    }

    @Test
    void lostWithoutASourceProvesNothing() {
        assertThat(end(TaskState.LOST, Optional.empty())).isEmpty();
    }

    private static Optional<TaskEnd> end(TaskState state, Optional<String> lostBy) {
        return new SeenTask(Histories.task("a", state, "c1"), SeenTask.Listing.LIVE, lostBy).end();
    }
}
