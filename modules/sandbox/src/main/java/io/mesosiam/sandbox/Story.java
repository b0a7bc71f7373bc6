package io.mesosiam.sandbox;

import io.mesosiam.sandbox.Tables.LeaseRow;
import io.mesosiam.sandbox.database.DatabaseProgram;
import io.mesosiam.sandbox.host.HostCommand;
import io.mesosiam.sandbox.host.HostCommand.How;
import io.mesosiam.sandbox.mesos.FrameworkSpec;
import io.mesosiam.sandbox.mesos.Operation;
import io.mesosiam.sandbox.mesos.TaskSpec;
import io.mesosiam.sandbox.mesos.TaskSpec.Label;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * What mesos-iam is for, told by what happens. Every step looks for itself whether it went as told. Where tasks can have
 * no containers nobody can say who is asking: what needs that is left out, and the lease table stands for the tasks' word.
 */
final class Story implements AutoCloseable {
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

    /** Tried in this order where a busy machine takes longer than a second. */
    private static final List<String> REPORT_ROLES = List.of("reporting-eu", "reporting-us", "reporting-asia");

    private final Terminal terminal;
    private final Site.Doors doors;
    private final Tables tables;
    private final Observation evidence;
    private String web = "";
    private String batch = "";
    private boolean asTold = true;

    Story(Terminal terminal, Site.Doors doors) throws SQLException {
        this.terminal = terminal;
        this.doors = doors;
        this.tables = new Tables(doors.jdbcUrl(), DatabaseProgram.USER);
        this.evidence = doors.host().report().attestable()
                ? new TaskObservation(terminal, doors.host())
                : new TableEvidence(terminal, tables);
    }

    private interface Step {
        void tell() throws IOException, InterruptedException, SQLException, StoryFailure;
    }

    /** Tells it to the end, whatever happens on the way. */
    boolean tell() throws InterruptedException {
        step("Policies are rows", this::policies);
        step("Tasks of two frameworks start, and each gets its own role", this::twoFrameworks);
        step("Two containers of one pod get two roles", this::pod);
        step("A process that belongs to no task is refused", this::outsider);
        step("What a policy denies is refused", this::denied);
        step("A policy changed by SQL takes effect in under a second", this::policyChange);
        step("The Mesos master fails over to an empty cluster, and nothing is lost", this::failOver);
        step("A task ends, and its credentials with it", this::taskEnds);
        step("The lease table", this::leaseTable);
        return asTold;
    }

    private void step(String title, Step step) throws InterruptedException {
        try {
            terminal.title(title);
            step.tell();
        } catch (IOException | SQLException | StoryFailure e) {
            asTold = false;
            terminal.notTold(String.valueOf(e.getMessage()));
        }
    }

    private void policies() throws SQLException {
        if (evidence instanceof TableEvidence) {
            terminal.skipped(doors.host().report().without());
            terminal.skipped("so tasks can't be told apart, and the lease table stands for what they would get");
        }
        tables.execute(POLICIES);
        terminal.told("5 allow, 1 denies; whom they match and what they give is in the table policy");
    }

    private void twoFrameworks() throws IOException, InterruptedException, SQLException, StoryFailure {
        web = doors.master().apply(new Operation.Subscribe(WEB));
        batch = doors.master().apply(new Operation.Subscribe(BATCH));
        run(task("checkout", web, "web"));
        run(task("report-daily", batch, "batch"));
        evidence.expectRoles(List.of("checkout", "report-daily"), List.of("checkout", "reporting"));
    }

    private void pod() throws IOException, InterruptedException, SQLException, StoryFailure {
        run(
                TaskSpec.ofPod("storefront", "storefront-app", web, agentId(), "web"),
                TaskSpec.ofPod("storefront", "storefront-logs", web, agentId(), "web"));
        evidence.expectRoles(List.of("storefront-app", "storefront-logs"), List.of("storefront", "log-shipper"));
    }

    private void outsider() throws IOException, InterruptedException, StoryFailure {
        TaskObservation.expectRefusal(
                terminal, "another process", doors.host().ask(new HostCommand.AskOutside(How.HTTP)), "UnknownCaller");
    }

    private void denied() throws IOException, InterruptedException, SQLException, StoryFailure {
        run(task("notebook-7", batch, "batch").with(new Label("team", "interns")));
        switch (evidence) {
            case TaskObservation tasks -> tasks.expectRefusal("notebook-7", "DeniedByPolicy");
            case TableEvidence _ -> terminal.skipped("left out here: a task would have to ask");
        }
    }

    private void policyChange() throws IOException, InterruptedException, SQLException, StoryFailure {
        for (String role : REPORT_ROLES) {
            String change = "update policy set iam_role_arn = 'arn:aws:iam::111122223333:role/" + role
                    + "' where name = 'reports'";
            terminal.detail(change);
            tables.execute(change);
            Duration took = Await.until("report-daily gets " + role, () -> evidence.holds("report-daily", role));
            // rows are written in batches, behind what is served
            Await.until(
                    "the lease table says so", () -> new TableEvidence(terminal, tables).holds("report-daily", role));
            if (took.compareTo(AT_ONCE) < 0) {
                terminal.told("report-daily has " + role + " " + Terminal.human(took) + " after the commit");
                return;
            }
            terminal.skipped("report-daily has " + role + " " + Terminal.human(took) + " after the commit");
        }
        throw new StoryFailure("it took longer than a second, " + REPORT_ROLES.size() + " times");
    }

    private void failOver() throws IOException, InterruptedException, SQLException, StoryFailure {
        List<String> before = live();
        doors.master().apply(new Operation.FailOver());
        evidence.expectServed(SERVED, "while no master answers");
        doors.master().apply(new Operation.Recover());
        terminal.detail("the new master knows no task, no framework and no Mesos agent");
        Await.until(
                "the controller follows the new master",
                () -> doors.master().apply(new Operation.Followers()).equals("1"));
        evidence.expectServed(SERVED, "with the cluster still empty");
        doors.master().apply(new Operation.Returns(agentId()));
        doors.master().apply(new Operation.Resubscribe(web, WEB));
        doors.master().apply(new Operation.Resubscribe(batch, BATCH));
        evidence.expectServed(SERVED, "after the Mesos agent and its tasks are back");
        if (!live().equals(before)) {
            throw new StoryFailure("the leases are not those of before: " + before + " became " + live());
        }
        terminal.told("the same " + before.size() + " leases as before");
    }

    private void taskEnds() throws IOException, InterruptedException, SQLException, StoryFailure {
        doors.host().tell(new HostCommand.Finish("checkout"));
        evidence.expectEnded("checkout");
        Await.until("its lease is reaped", () -> tables.liveLease("checkout").isEmpty());
        doors.host().tell(new HostCommand.Destroy("checkout"));
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
        terminal.told("three are live; no key material is in it");
    }

    private static String row(String task, String role, String state, String reason) {
        return "  " + Terminal.name(task) + Terminal.pad(role, 15) + Terminal.pad(state, 10) + reason;
    }

    private TaskSpec task(String id, String frameworkId, String role) {
        return TaskSpec.command(id, frameworkId, agentId(), role);
    }

    private void run(TaskSpec... specs) throws IOException, InterruptedException {
        for (TaskSpec spec : specs) {
            doors.master().apply(new Operation.Launch(spec));
        }
        doors.host().tell(new HostCommand.Run(List.of(specs)));
    }

    private String agentId() {
        return doors.host().report().agentId();
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
