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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller's jar while the program that reads its standard output hangs. */
class UnreadLogIT {
    /** Each has a line of the audit trail: more than the pipe and the queue hold. */
    private static final int TASKS = 1_000;

    private static final int HOSTS = 6;

    @TempDir
    private Path directory;

    @Test
    void tasksGetLeasesAlthoughTheLogIsNotRead() throws Exception {
        try (TestDatabase database = TestPostgres.database();
                SandboxMaster master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
                SandboxSts sts = SandboxSts.start()) {
            SandboxCluster cluster = master.cluster();
            String framework = cluster.subscribe(new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true));
            List<String> hosts = IntStream.rangeClosed(1, HOSTS)
                    .mapToObj(i -> cluster.register(new AgentSpec("host-" + i, "127.0.0.1", 5051, Map.of())))
                    .toList();
            database.execute("""
                    insert into policy (name, effect, framework_principal, iam_role_arn, sharing)
                    values ('all', 'allow', 'svc', 'arn:aws:iam::111122223333:role/batch', 'role')""");
            TestCa ca = TestCa.in(directory);
            Map<String, String> settings =
                    ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
            try (ControllerProcess controller = ControllerProcess.startUnread(directory, "controller-1", settings)) {
                controller.awaitReady();
                List<AgentView> agents = new ArrayList<>();
                try {
                    for (int i = 0; i < HOSTS; i++) {
                        agents.add(AgentView.start(directory, ca, "host-" + (i + 1), hosts.get(i), controller.uri()));
                    }
                    for (int i = 0; i < TASKS * HOSTS; i++) {
                        cluster.launch(TaskSpec.command("task-" + i, framework, hosts.get(i % HOSTS), "web"));
                    }
                    for (AgentView agent : agents) {
                        agent.awaitLeases(TASKS);
                    }
                    assertThat(controller.metrics()).containsPattern("mesosiam_log_lines_dropped_total [1-9]");

                    cluster.launch(TaskSpec.command("another", framework, hosts.getFirst(), "web"));

                    agents.getFirst().awaitLeases(TASKS + 1);
                    assertThat(controller.isReady()).isTrue();
                } finally {
                    agents.forEach(AgentView::close);
                }
                assertThat(controller.stop()).isZero();
            }
        }
    }
}
