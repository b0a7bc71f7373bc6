package io.mesosiam.sandbox.mesos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MasterControlTest {
    private SandboxMaster master;
    private MasterControl control;

    @BeforeEach
    void start() throws IOException {
        master = SandboxMaster.start();
        control = MasterControl.start(master, "token");
    }

    @AfterEach
    void stop() {
        control.close();
        master.close();
    }

    @Test
    void operationsOfAnotherProcessApplyToTheCluster() throws Exception {
        try (RemoteMaster remote = new RemoteMaster(control.uri(), "token");
                Operator operator = new Operator(master.uri())) {
            String agentId = remote.apply(new Operation.Register(Happenings.agent("agent1", "127.0.0.2")));
            String frameworkId = remote.apply(new Operation.Subscribe(Happenings.WEB));
            TaskSpec task = TaskSpec.command("t", frameworkId, agentId, "web");
            remote.apply(new Operation.Launch(task));
            remote.apply(new Operation.Starting(task.key(), new Placement(List.of("c"), "127.0.0.2", 1)));
            remote.apply(new Operation.Running(task.key()));
            assertThat(operator.json("/state").at("/frameworks/0/tasks/0/state").asText())
                    .isEqualTo("TASK_RUNNING");

            remote.apply(new Operation.FailOver());
            assertThat(operator.get("/state").statusCode()).isEqualTo(503);
            remote.apply(new Operation.Recover());
            remote.apply(new Operation.Reregister(agentId));
            remote.apply(new Operation.Resubscribe(frameworkId, Happenings.WEB));
            remote.apply(new Operation.UpdateStatus(task.key(), TaskState.FINISHED, "done"));
            assertThat(operator.json("/state")
                            .at("/frameworks/0/completed_tasks/0/state")
                            .asText())
                    .isEqualTo("TASK_FINISHED");
            assertThat(remote.apply(new Operation.Followers())).isEqualTo("0");
        }
    }

    @Test
    void requestWithoutTheTokenIsRefused() {
        try (RemoteMaster stranger = new RemoteMaster(control.uri(), "guess")) {
            assertThatThrownBy(() -> stranger.apply(new Operation.FailOver()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("token");
        }
    }

    @Test
    void operationOnAnUnknownIdIsAnError() {
        try (RemoteMaster remote = new RemoteMaster(control.uri(), "token")) {
            assertThatThrownBy(() -> remote.apply(new Operation.Reregister("unknown-id")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the cluster has no unknown-id");
        }
    }
}
