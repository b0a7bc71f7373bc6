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

/** When a live task is another run of its key than the one that is known. */
class LaunchedTaskTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # what is seen                           | known    | in | ended | seen in | launched | another run
            the same, again                          | RUNNING  | c1 | false | c1      | false    | false
            its container, at last                   | STAGING  |    | false | c1      | false    | false
            nothing of its container any more        | RUNNING  | c1 | false |         | false    | false
            another container                        | RUNNING  | c1 | false | c2      | false    | true
            its launch, a second time                | STAGING  |    | false |         | true     | false
            a launch after it had a container        | STAGING  | c1 | false |         | true     | true
            a launch after it was said to be running | RUNNING  |    | false |         | true     | true
            a launch of what only a row names        | UNKNOWN  |    | false |         | true     | true
            itself, after its end                    | FINISHED | c1 | true  | c1      | false    | true
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
        Task sighted = Histories.task("a", TaskState.STAGING, seen == null ? "" : seen);

        assertThat(run.isFollowedBy(sighted, launched)).isEqualTo(another);
    }
}
