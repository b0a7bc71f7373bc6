package io.mesosiam.api.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a launch, which a cursor contains. */
class LaunchTextTest {
    @ParameterizedTest
    @CsvSource({"f,t,s,1", "5f1c-0001,a/b@c#2,5f1c-S7,12", "f,t@s#1,s,9"})
    void launchIsReadFromItsText(String framework, String task, String agent, long sequence) {
        Launch launch = new Launch(
                new TaskKey(new FrameworkId(framework), new TaskId(task), new MesosAgentId(agent)), sequence);

        assertThat(TaskColumns.launch(launch.toString())).isEqualTo(Optional.of(launch));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "f", "f/t", "f/t@s", "f/t@s#0", "f/t@s#x", "f/t@s#99999999999999999999", "/t@s#1"})
    void otherTextIsNoLaunch(String text) {
        assertThat(TaskColumns.launch(text)).isEmpty();
    }

    @Test
    void launchesOfOneTaskAreInTheOrderOfTheirNumbers() {
        TaskKey key = new TaskKey(new FrameworkId("f"), new TaskId("t"), new MesosAgentId("s"));

        assertThat(TaskColumns.ORDER.compare(new Launch(key, 9), new Launch(key, 10)))
                .isNegative();
    }
}
