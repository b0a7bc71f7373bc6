package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Histories;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cases in which a live task belongs to another run of its key than the known one. */
class LaunchedTaskTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # report                                 | known    | in | ended | seen in | launched | another run
            the same state again                     | RUNNING  | c1 | false | c1      | false    | false
            its first container                      | STAGING  |    | false | c1      | false    | false
            no container any more                    | RUNNING  | c1 | false |         | false    | false
            another container                        | RUNNING  | c1 | false | c2      | false    | true
            a second report of its launch            | STAGING  |    | false |         | true     | false
            a launch after it had a container        | STAGING  | c1 | false |         | true     | true
            a launch after it was reported running   | RUNNING  |    | false |         | true     | true
            a launch of a task known only from a row | UNKNOWN  |    | false |         | true     | true
            the same container after its end         | FINISHED | c1 | true  | c1      | false    | true
            """)
    void isFollowedBy(
            String what,
            TaskState known,
            String container,
            boolean ended,
            String seen,
            boolean launched,
            boolean another) {
        Optional<TaskEnd> end = ended ? Optional.of(new TaskEnd.Terminal(known)) : Optional.empty();
        LaunchedTask run = new LaunchedTask(
                Histories.launch("a", 1), Histories.task("a", known, container == null ? "" : container), true, end);
        Task reported = Histories.task("a", TaskState.STAGING, seen == null ? "" : seen);

        assertThat(run.isFollowedBy(reported, launched)).isEqualTo(another);
    }
}
