package io.mesosiam.sandbox;

import io.mesosiam.sandbox.Tables.LeaseRow;
import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskSpec.Label;
import io.mesosiam.sandbox.cluster.TaskState;
import io.mesosiam.sandbox.database.DatabaseProgram;
import io.mesosiam.sandbox.host.HostCommand;
import io.mesosiam.sandbox.host.HostCommand.How;
import io.mesosiam.sandbox.mesos.Operation;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * The story of the sandbox: shows what mesos-iam does, step by step. Every step checks its own outcome. Without
 * containers the caller of a request cannot be identified: steps that need this are skipped, and the lease table is
 * shown in place of the tasks' answers.
 */
final class Story implements AutoCloseable {
    private static final int LOAD = 3000;
    private static final int LOAD_AT_A_TIME = 100;

    /** Thousands of tasks take long on a busy machine. */
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(3);

    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static final FrameworkSpec WEB =
            new FrameworkSpec("web-platform", "svc-web", "root", List.of("web"), true, true);
    private static final FrameworkSpec BATCH =
            new FrameworkSpec("batch-jobs", "svc-batch", "root", List.of("batch"), true, false);
    private static final List<String> SERVED = List.of("checkout", "report-daily", "storefront-app", "storefront-logs");

    private static final String POLICIES = """
            insert into attribute_trust (framework_principal, attribute, description) values
                ('svc-web', 'task_name', 'names its tasks itself'),
                ('svc-batch', 'task_name', 'names its tasks itself'),
                ('svc-batch', 'label', 'labels its tasks itself');
            insert into policy (name, effect, framework_principal, task_name, iam_role_arn) values
                ('checkout', 'allow', 'svc-web', 'checkout', 'arn:aws:iam::111122223333:role/checkout'),
                ('storefront', 'allow', 'svc-web', 'storefront-app', 'arn:aws:iam::111122223333:role/storefront'),
                ('storefront-logs', 'allow', 'svc-web', 'storefront-logs', 'arn:aws:iam::111122223333:role/log-shipper'),
                ('reports', 'allow', 'svc-batch', 'report-*', 'arn:aws:iam::111122223333:role/reporting'),
                ('notebooks', 'allow', 'svc-batch', 'notebook-*', 'arn:aws:iam::111122223333:role/notebooks');
            insert into policy (name, effect, framework_principal, labels) values
                ('no-interns-on-data', 'deny', 'svc-batch', '[{"key": "team", "value": "interns"}]');
            """;

    /** Roles to try in this order, if a busy machine exceeds one second. */
    private static final List<String> REPORT_ROLES = List.of("reporting-eu", "reporting-us", "reporting-asia");

    private final Terminal terminal;
    private final Site.Endpoints endpoints;
    private final Tables tables;
    private final Observation observation;
    private String web = "";
    private String batch = "";
    private boolean succeeded = true;

    Story(Terminal terminal, Site.Endpoints endpoints) throws SQLException {
        this.terminal = terminal;
        this.endpoints = endpoints;
        this.tables = new Tables(endpoints.jdbcUrl(), DatabaseProgram.USER);
        this.observation = endpoints.host().report().attestable()
                ? new TaskObservation(terminal, endpoints.host())
                : new TableObservation(terminal, tables);
    }

    private interface Step {
        void run() throws IOException, InterruptedException, SQLException, StoryFailure;
    }

    /** Runs all steps, even after one fails. */
    boolean play() throws InterruptedException {
        step("Policies are rows", this::policies);
        step("Tasks of two frameworks start, and each gets its own role", this::twoFrameworks);
        step("Two containers of one pod get two roles", this::pod);
        step("A process that belongs to no task is refused", this::outsider);
        step("What a policy denies is refused", this::denied);
        step("A policy changed by SQL takes effect in under a second", this::policyChange);
        step("The Mesos master fails over to an empty cluster, and nothing is lost", this::failOver);
        step("A task ends, and its credentials with it", this::taskEnds);
        step("The lease table", this::leaseTable);
        return succeeded;
    }

    /** Starts and ends many tasks, so that the JVM of the controller records which code is used most. */
    boolean load() throws InterruptedException {
        step(LOAD + " tasks start and end", () -> {
            for (int i = 0; i < LOAD + LOAD_AT_A_TIME; i++) {
                if (i < LOAD) {
                    start(task("report-" + i, batch, "batch"));
                }
                if (i >= LOAD_AT_A_TIME) {
                    TaskKey oldest = new TaskKey(batch, "report-" + (i - LOAD_AT_A_TIME));
                    endpoints.master().apply(new Operation.UpdateStatus(oldest, TaskState.FINISHED, ""));
                }
            }
            Await.until("their leases are reaped", LOAD_LIMIT, () -> tables.leases().stream()
                    .noneMatch(lease -> lease.live() && lease.taskId().matches("report-\\d+")));
            terminal.ok("their leases were issued and reaped");
        });
        return succeeded;
    }

    /** Starts a task in a container that the master alone knows. */
    private void start(TaskSpec task) throws IOException, InterruptedException {
        endpoints.master().apply(new Operation.Launch(task));
        endpoints
                .master()
                .apply(new Operation.Starting(
                        task.key(), new Placement(List.of(UUID.randomUUID().toString()), "127.0.0.1", 1)));
        endpoints.master().apply(new Operation.Running(task.key()));
    }

    private void step(String title, Step step) throws InterruptedException {
        try {
            terminal.title(title);
            step.run();
        } catch (IOException | SQLException | StoryFailure e) {
            succeeded = false;
            terminal.failed(String.valueOf(e.getMessage()));
        }
    }

    private void policies() throws SQLException {
        if (observation instanceof TableObservation) {
            terminal.skipped(endpoints.host().report().without());
            terminal.skipped("so tasks can't be identified; the lease table shows what they would get");
        }
        tables.execute(POLICIES);
        terminal.ok("5 allow, 1 denies; the table policy has their selectors and roles");
    }

    private void twoFrameworks() throws IOException, InterruptedException, SQLException, StoryFailure {
        web = endpoints.master().apply(new Operation.Subscribe(WEB));
        batch = endpoints.master().apply(new Operation.Subscribe(BATCH));
        run(task("checkout", web, "web"));
        run(task("report-daily", batch, "batch"));
        observation.expectRoles(List.of("checkout", "report-daily"), List.of("checkout", "reporting"));
    }

    private void pod() throws IOException, InterruptedException, SQLException, StoryFailure {
        run(
                TaskSpec.ofPod("storefront", "storefront-app", web, agentId(), "web"),
                TaskSpec.ofPod("storefront", "storefront-logs", web, agentId(), "web"));
        observation.expectRoles(List.of("storefront-app", "storefront-logs"), List.of("storefront", "log-shipper"));
    }

    /** Without containers the agent can't confirm where containers are, and refuses each caller for the time being. */
    private void outsider() throws IOException, InterruptedException, StoryFailure {
        String code =
                switch (observation) {
                    case TaskObservation _ -> "UnknownCaller";
                    case TableObservation _ -> "AttestationPending";
                };
        TaskObservation.expectRefusal(
                terminal, "another process", endpoints.host().ask(new HostCommand.AskOutside(How.HTTP)), code);
    }

    private void denied() throws IOException, InterruptedException, SQLException, StoryFailure {
        run(task("notebook-7", batch, "batch").with(new Label("team", "interns")));
        switch (observation) {
            case TaskObservation tasks -> tasks.expectRefusal("notebook-7", "DeniedByPolicy");
            case TableObservation _ -> terminal.skipped("skipped here: it needs a request from a task");
        }
    }

    private void policyChange() throws IOException, InterruptedException, SQLException, StoryFailure {
        for (String role : REPORT_ROLES) {
            String change = "update policy set iam_role_arn = 'arn:aws:iam::111122223333:role/" + role
                    + "' where name = 'reports'";
            terminal.detail(change);
            tables.execute(change);
            Duration took = Await.until("report-daily gets " + role, () -> observation.holds("report-daily", role));
            // rows are written in batches, later than leases are served
            Await.until("the lease table shows it", () -> new TableObservation(terminal, tables)
                    .holds("report-daily", role));
            if (took.compareTo(AT_ONCE) < 0) {
                terminal.ok("report-daily has " + role + " " + Terminal.human(took) + " after the commit");
                return;
            }
            terminal.skipped("report-daily has " + role + " " + Terminal.human(took) + " after the commit");
        }
        throw new StoryFailure("it took longer than a second " + REPORT_ROLES.size() + " times");
    }

    private void failOver() throws IOException, InterruptedException, SQLException, StoryFailure {
        List<String> before = live();
        endpoints.master().apply(new Operation.FailOver());
        observation.expectServed(SERVED, "while no master answers");
        endpoints.master().apply(new Operation.Recover());
        terminal.detail("the new master knows no task, no framework and no Mesos agent");
        Await.until(
                "the controller follows the new master",
                () -> endpoints.master().apply(new Operation.Followers()).equals("1"));
        observation.expectServed(SERVED, "while the cluster is still empty");
        endpoints.master().apply(new Operation.Reregister(agentId()));
        endpoints.master().apply(new Operation.Resubscribe(web, WEB));
        endpoints.master().apply(new Operation.Resubscribe(batch, BATCH));
        observation.expectServed(SERVED, "after the Mesos agent and its tasks are back");
        if (!live().equals(before)) {
            throw new StoryFailure("the leases have changed: " + before + " became " + live());
        }
        terminal.ok("the same " + before.size() + " leases as before");
    }

    private void taskEnds() throws IOException, InterruptedException, SQLException, StoryFailure {
        endpoints.host().execute(new HostCommand.Finish("checkout"));
        observation.expectEnded("checkout");
        Await.until("its lease is reaped", () -> tables.liveLease("checkout").isEmpty());
        endpoints.host().execute(new HostCommand.Destroy("checkout"));
    }

    private void leaseTable() throws SQLException, StoryFailure {
        List<LeaseRow> leases = tables.leases();
        terminal.line(row("task", "IAM role", "state", ""));
        for (LeaseRow lease : leases) {
            terminal.line(row(
                    lease.taskId(),
                    lease.role().map(Observation::roleName).orElse("–"),
                    lease.state(),
                    lease.reason().orElse("")));
        }
        if (live().size() != SERVED.size() - 1) {
            throw new StoryFailure("every task but checkout should have a live lease: " + leases);
        }
        terminal.ok("three are live; no key material is in it");
    }

    private static String row(String task, String role, String state, String reason) {
        return "  " + Terminal.name(task) + Terminal.pad(role, 15) + Terminal.pad(state, 10) + reason;
    }

    private TaskSpec task(String id, String frameworkId, String role) {
        return TaskSpec.command(id, frameworkId, agentId(), role);
    }

    private void run(TaskSpec... specs) throws IOException, InterruptedException {
        for (TaskSpec spec : specs) {
            endpoints.master().apply(new Operation.Launch(spec));
        }
        endpoints.host().execute(new HostCommand.Run(List.of(specs)));
    }

    private String agentId() {
        return endpoints.host().report().agentId();
    }

    private List<String> live() throws SQLException {
        return tables.leases().stream()
                .filter(LeaseRow::live)
                .map(LeaseRow::id)
                .sorted()
                .toList();
    }

    @Override
    public void close() throws SQLException {
        tables.close();
    }
}
