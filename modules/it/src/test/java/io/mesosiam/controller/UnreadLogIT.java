package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller's jar while the program that reads its standard output hangs. */
class UnreadLogIT {
    /** Each has a line of the audit trail: more than the pipe and the queue hold. */
    private static final int TASKS = 6_000;

    @TempDir
    private Path directory;

    @Test
    void tasksGetLeasesAlthoughTheLogIsNotRead() throws Exception {
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            SandboxCluster cluster = master.cluster();
            String framework = cluster.subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
            String host = cluster.register(new AgentSpec("host-1", "127.0.0.1", 5051, Map.of()));
            database.execute("""
                    insert into policy (name, effect, framework_principal, iam_role_arn, sharing)
                    values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch', 'role')""");
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            try (ControllerProcess controller = ControllerProcess.startUnread(directory, "controller-1", settings)) {
                controller.awaitReady();
                try (AgentView agent = AgentView.start(directory, ca, "host-1", host, controller.uri())) {
                    for (int i = 0; i < TASKS; i++) {
                        cluster.launch(TaskSpec.command("task-" + i, framework, host, "web"));
                    }
                    agent.awaitLeases(TASKS);
                    assertThat(controller.metrics()).containsPattern("mesosiam_log_lines_dropped_total [1-9]");

                    cluster.launch(TaskSpec.command("another", framework, host, "web"));

                    agent.awaitLeases(TASKS + 1);
                    assertThat(controller.isReady()).isTrue();
                }
                assertThat(controller.stop()).isZero();
            }
        }
    }
}
