package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.cluster.AgentSpec;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskSpec.Label;
import io.mesosiam.sandbox.cluster.TaskState;
import io.mesosiam.sandbox.mesos.MasterSetup;
import io.mesosiam.sandbox.mesos.SandboxMaster;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launch grants with all programs as separate processes: no policy gives anything. */
class LaunchGrantIT {
    @TempDir
    private Path directory;

    private final TestDatabase database = TestPostgres.database();
    private SandboxMaster master;
    private SandboxSts sts;
    private TestCa ca;
    private Map<String, String> settings;
    private String framework;

    @BeforeAll
    static void requireRoot() {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (!root) {
            System.out.println("SKIPPED: launch grants, whose containers are in cgroups: not root");
        }
        assumeTrue(root, "not root");
    }

    @BeforeEach
    void startWhatStandsAround() throws IOException {
        master = SandboxMaster.start(MasterSetup.plain().enforcingPrincipals());
        sts = SandboxSts.start();
        ca = TestCa.in(directory);
        settings = ControllerProcess.settings(database, master, sts, ca, ca.issue("dns:localhost"));
        framework =
                master.cluster().subscribe(new FrameworkSpec("notebooks", "svc", "root", List.of("web"), true, true));
    }

    @AfterEach
    void stop() {
        master.close();
        sts.close();
        database.close();
    }

    @Test
    void launchHasTheRoleOfItsGrantThroughARestartUntilItsTaskEnds() throws Exception {
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
            controller.awaitReady();
            String host = register("host-1");
            try (AgentView agent = AgentView.start(directory, ca, "host-1", host, controller.uri())) {
                String grant = grant();
                TaskKey task = launch("alice", host, grant);
                agent.runContainer("container-of-alice");
                agent.awaitLeases(1);
                await(
                        "select l.task_id || ' ' || l.iam_role_arn || ' ' || (l.grant_id = g.id) || ' ' || g.bound_task_id"
                                + " from lease l, launch_grant g where l.state = 'active'",
                        "alice arn:aws:iam::111122223333:role/notebook true alice");

                int asked = sts.assumptions().size();
                controller.stop();
                controller.start();
                controller.awaitReady();
                agent.awaitLeases(1);
                launch("other", host, "no-grant");
                assertThat(sts.assumptions()).hasSize(asked);

                master.cluster().updateStatus(task, TaskState.FINISHED, "done");
                agent.awaitLeases(0);
                await("select end_reason from launch_grant", "task-ended");
                launch("again", host, grant);
                agent.runContainer("container-of-again");
                await("select count(*) from audit_event where kind = 'lease.issued'", "1");
                assertThat(agent.leases()).isZero();
            }
        }
    }

    /** Two hosts, each of another controller: both controllers bind at the same time, and one wins. */
    @Test
    void copiedLabelLeavesNoLaunchWithTheRole() throws Exception {
        try (ControllerProcess first = ControllerProcess.start(directory, "controller-1", settings);
                ControllerProcess second = ControllerProcess.start(directory, "controller-2", settings)) {
            first.awaitReady();
            second.awaitReady();
            String one = register("host-1");
            String other = register("host-2");
            try (AgentView agent = AgentView.start(directory, ca, "host-1", one, first.uri());
                    AgentView neighbour = AgentView.start(directory, ca, "host-2", other, second.uri())) {
                String grant = grant();
                launch("alice", one, grant);
                agent.runContainer("container-of-alice");
                launch("copy", other, grant);
                neighbour.runContainer("container-of-copy");

                await(
                        "select count(*) from launch_grant where suspended_at is not null and bound_task_id is not null",
                        "1");
                agent.awaitLeases(0);
                neighbour.awaitLeases(0);
                await("select count(*) from lease where state <> 'reaped'", "0");
                assertThat(database.query(
                                "select count(distinct task_id) <= 1 from audit_event where kind = 'lease.issued'"))
                        .containsExactly("t");
            }
        }
    }

    @Test
    void revokedGrantEndsTheLeaseAtOnce() throws Exception {
        try (ControllerProcess controller = ControllerProcess.start(directory, "controller-1", settings)) {
            controller.awaitReady();
            String host = register("host-1");
            try (AgentView agent = AgentView.start(directory, ca, "host-1", host, controller.uri())) {
                launch("alice", host, grant());
                agent.runContainer("container-of-alice");
                agent.awaitLeases(1);

                database.execute("update launch_grant set ended_at = now()");
                agent.awaitLeases(0);
                await("select reason like '%was revoked' from lease", "t");
            }
        }
    }

    private String grant() {
        return database.query(
                        "insert into launch_grant (iam_role_arn, framework_principal, mesos_role, expires_at) values"
                                + " ('arn:aws:iam::111122223333:role/notebook', 'svc', 'web', now() + interval '1 hour') returning id")
                .getFirst();
    }

    private TaskKey launch(String task, String host, String grant) {
        TaskKey key = master.cluster()
                .launch(TaskSpec.command(task, framework, host, "web").with(new Label("mesos-iam/grant", grant)));
        master.cluster().starting(key, new Placement(List.of("container-of-" + task), "127.0.0.1", 1));
        return key;
    }

    private String register(String hostname) {
        return master.cluster().register(new AgentSpec(hostname, "127.0.0.1", 5051, Map.of()));
    }

    private void await(String sql, String result) {
        Awaitility.await(sql).atMost(TimeLimit.seconds(20)).until(() -> database.query(sql)
                .equals(List.of(result)));
    }
}
