package io.mesosiam.sandbox;

import io.mesosiam.sandbox.Tables.LeaseRow;
import io.mesosiam.sandbox.database.DatabaseProgram;
import io.mesosiam.sandbox.host.Asked;
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
import java.util.stream.Collectors;

/**
 * What mesos-iam is for, told by what happens. Every step looks for itself whether it went as told. Where tasks can have
 * no containers nobody can be asked who they are: steps that need that are left out, and the others look at the lease
 * table alone.
 */
final class Story implements AutoCloseable {
    private static final String ACCOUNT = "111122223333";
    private static final int NAME_WIDTH = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private static final FrameworkSpec WEB =
            new FrameworkSpec("web-platform", "svc-web", "root", List.of("web"), true, true);
    private static final FrameworkSpec BATCH =
            new FrameworkSpec("batch-jobs", "svc-batch", "root", List.of("batch"), true, false);

    private static final String POLICIES = """
            insert into attribute_trust (framework_principal, attribute, description) values
                ('svc-web', 'task_name', 'names its tasks itself'), ('svc-batch', 'task_name', 'names its tasks itself'),
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
    private static final String POLICY_CHANGE =
            "update policy set iam_role_arn = 'arn:aws:iam::111122223333:role/reporting-eu' where name = 'reports'";

    private final Terminal terminal;
    private final Site.Doors doors;
    private final Tables tables;
    private final boolean attestable;
    private String web = "";
    private String batch = "";
    private boolean asTold = true;

    Story(Terminal terminal, Site.Doors doors) throws SQLException {
        this.terminal = terminal;
        this.doors = doors;
        this.tables = new Tables(doors.jdbcUrl(), DatabaseProgram.USER);
        this.attestable = doors.host().report().attestable();
    }

    private interface Step {
        void tell() throws IOException, InterruptedException, SQLException, StoryFailure;
    }

    /** Tells it to the end, whatever happens on the way. */
    boolean tell() throws InterruptedException {
        terminal.title("What is to be seen");
        if (!attestable) {
            terminal.skipped(doors.host().report().without());
            terminal.skipped("so no process can be told from another: what tasks are given is read in the lease table");
        }
        step("Policies are rows", this::policies);
        step("Tasks of two frameworks start, and each gets its own role", this::twoFrameworks);
        step("Two containers of one pod get two roles", this::pod);
        stepWithContainers("A process that belongs to no task is refused", this::outsider);
        stepWithContainers("What a policy denies is refused", this::denied);
        step("A policy changed by SQL takes effect in under a second", this::policyChange);
        step("The Mesos master fails over to an empty cluster, and nothing is lost", this::failOver);
        step("A task ends, and its credentials with it", this::taskEnds);
        step("The lease table", this::leaseTable);
        return asTold;
    }

    private void stepWithContainers(String title, Step step) throws InterruptedException {
        if (attestable) {
            step(title, step);
        } else {
            terminal.skipped(title + ": left out here");
        }
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
        tables.execute(POLICIES);
        terminal.told("5 allow, 1 denies; whom they match and what they give is in the table policy");
    }

    private void twoFrameworks() throws IOException, InterruptedException, SQLException, StoryFailure {
        web = doors.master().apply(new Operation.Subscribe(WEB));
        batch = doors.master().apply(new Operation.Subscribe(BATCH));
        run(task("checkout", web, "web"));
        run(task("report-daily", batch, "batch"));
        List<String> tasks = List.of("checkout", "report-daily");
        expectRoles(tasks, How.HTTP, List.of("checkout", "reporting"));
        if (attestable) {
            expectRoles(tasks, How.SDK, List.of("checkout", "reporting"));
        }
    }

    private void pod() throws IOException, InterruptedException, SQLException, StoryFailure {
        run(
                TaskSpec.ofPod("storefront", "storefront-app", web, agentId(), "web"),
                TaskSpec.ofPod("storefront", "storefront-logs", web, agentId(), "web"));
        List<String> tasks = List.of("storefront-app", "storefront-logs");
        expectRoles(tasks, How.HTTP, List.of("storefront", "log-shipper"));
        if (attestable) {
            expectRoles(tasks, How.SDK, List.of("storefront", "log-shipper"));
        }
    }

    private void outsider() throws IOException, InterruptedException, StoryFailure {
        expectRefusal("a shell on the host", doors.host().ask(new HostCommand.AskOutside(How.HTTP)), "UnknownCaller");
    }

    private void denied() throws IOException, InterruptedException, StoryFailure {
        run(task("notebook-7", batch, "batch").with(new Label("team", "interns")));
        expectRefusal("notebook-7", settled("notebook-7"), "DeniedByPolicy");
    }

    private void policyChange() throws IOException, InterruptedException, SQLException, StoryFailure {
        terminal.detail(POLICY_CHANGE);
        tables.execute(POLICY_CHANGE);
        Duration took = until("report-daily gets the new role", () -> holds("report-daily", "reporting-eu"));
        if (took.compareTo(AT_ONCE) > 0) {
            throw new StoryFailure("report-daily has the new role only after " + Terminal.human(took));
        }
        terminal.told("report-daily has reporting-eu " + Terminal.human(took) + " after the commit");
        // rows are written in batches, behind what is served
        until("the lease table says so too", () -> roleInTable("report-daily").equals("reporting-eu"));
    }

    private void failOver() throws IOException, InterruptedException, SQLException, StoryFailure {
        List<String> before = live();
        doors.master().apply(new Operation.FailOver());
        expectAllServed("while no master answers");
        doors.master().apply(new Operation.Recover());
        terminal.detail("the new master knows no task, no framework and no Mesos agent");
        until(
                "the controller follows the new master",
                () -> doors.master().apply(new Operation.Followers()).equals("1"));
        expectAllServed("with the cluster still empty");
        doors.master().apply(new Operation.Returns(agentId()));
        doors.master().apply(new Operation.Resubscribe(web, WEB));
        doors.master().apply(new Operation.Resubscribe(batch, BATCH));
        expectAllServed("after the Mesos agent and its tasks are back");
        if (!live().equals(before)) {
            throw new StoryFailure("the leases are not those of before: " + before + " became " + live());
        }
        terminal.told("the same " + before.size() + " leases as before");
    }

    private void taskEnds() throws IOException, InterruptedException, SQLException, StoryFailure {
        doors.host().tell(new HostCommand.Finish("checkout"));
        if (attestable) {
            // its process is still there, as any process that outlives its task's last status
            Duration took = until("checkout is refused", () -> !ask("checkout").granted());
            expectRefusal("checkout", settled("checkout"), "TaskEnded");
            terminal.detail("refused " + Terminal.human(took) + " after the master was told");
        }
        until("the lease is reaped", () -> tables.liveLease("checkout").isEmpty());
        doors.host().tell(new HostCommand.Destroy("checkout"));
        terminal.told("its lease is reaped");
    }

    private void leaseTable() throws SQLException, StoryFailure {
        List<LeaseRow> leases = tables.leases();
        terminal.line(row("task", "IAM role", "state", ""));
        for (LeaseRow lease : leases) {
            terminal.line(row(
                    lease.taskId(),
                    lease.role().map(Story::roleName).orElse("–"),
                    lease.state(),
                    lease.reason().orElse("")));
        }
        if (leases.stream().filter(LeaseRow::live).count() != 3) {
            throw new StoryFailure("three leases should be live: report-daily's and the pod's two");
        }
        terminal.told("three are live; no key material is in it");
    }

    private static String row(String task, String role, String state, String reason) {
        return "  " + Terminal.pad(task, NAME_WIDTH) + Terminal.pad(role, 14) + Terminal.pad(state, 10) + reason;
    }

    // what happens

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

    private Asked ask(String taskId) throws IOException, InterruptedException {
        return doors.host().ask(new HostCommand.Ask(List.of(taskId), How.HTTP)).getFirst();
    }

    /** Asks again, as clients do, until the answer is more than "not yet". */
    private Asked settled(String taskId) throws IOException, InterruptedException, StoryFailure {
        return settled(List.of(taskId), How.HTTP).getFirst();
    }

    private List<Asked> settled(List<String> taskIds, How how) throws IOException, InterruptedException, StoryFailure {
        List<Asked> answers = List.of();
        for (long deadline = deadline(); System.nanoTime() < deadline; Thread.sleep(BETWEEN_LOOKS)) {
            answers = doors.host().ask(new HostCommand.Ask(taskIds, how));
            if (answers.stream().noneMatch(Asked::pending)) {
                return answers;
            }
        }
        throw new StoryFailure(taskIds + " still wait for an answer: " + answers);
    }

    // what is expected of it

    private void expectRoles(List<String> taskIds, How how, List<String> roles)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        if (!attestable) {
            for (int i = 0; i < taskIds.size(); i++) {
                String task = taskIds.get(i);
                String role = roles.get(i);
                until(task + " has a lease for " + role, () -> holds(task, role));
                terminal.told(Terminal.pad(task, NAME_WIDTH) + "lease       " + role);
            }
            return;
        }
        List<Asked> answers = settled(taskIds, how);
        for (int i = 0; i < taskIds.size(); i++) {
            Asked answer = answers.get(i);
            if (!answer.granted() || !roleName(answer.role()).equals(roles.get(i))) {
                throw new StoryFailure(taskIds.get(i) + " should get " + roles.get(i) + " and got " + said(answer));
            }
            terminal.told(Terminal.pad(taskIds.get(i), NAME_WIDTH)
                    + Terminal.pad(how == How.HTTP ? "HTTP" : "AWS SDK", 9)
                    + answer.role());
        }
    }

    private void expectRefusal(String who, Asked answer, String code) throws StoryFailure {
        if (answer.granted() || !answer.code().equals(code)) {
            throw new StoryFailure(who + " should be refused with " + code + ", and got " + said(answer));
        }
        terminal.told(Terminal.pad(who, NAME_WIDTH) + answer.status() + " " + answer.code() + ": " + answer.message());
    }

    private void expectAllServed(String when) throws IOException, InterruptedException, SQLException, StoryFailure {
        List<String> tasks = List.of("checkout", "report-daily", "storefront-app", "storefront-logs");
        if (!attestable) {
            for (String task : tasks) {
                if (tables.liveLease(task).isEmpty()) {
                    throw new StoryFailure(task + " has no lease any more, " + when);
                }
            }
            return;
        }
        for (Asked answer : doors.host().ask(new HostCommand.Ask(tasks, How.HTTP))) {
            if (!answer.granted()) {
                throw new StoryFailure("a task got " + said(answer) + ", " + when);
            }
        }
        terminal.told("all four tasks are served, " + when);
    }

    private boolean holds(String taskId, String role) throws IOException, InterruptedException, SQLException {
        return (attestable ? roleName(ask(taskId).role()) : roleInTable(taskId)).equals(role);
    }

    private String roleInTable(String taskId) throws SQLException {
        return tables.liveLease(taskId)
                .flatMap(LeaseRow::role)
                .map(Story::roleName)
                .orElse("");
    }

    private List<String> live() throws SQLException {
        return tables.leases().stream()
                .filter(LeaseRow::live)
                .map(LeaseRow::id)
                .sorted()
                .collect(Collectors.toList());
    }

    private interface Look {
        boolean holds() throws IOException, InterruptedException, SQLException;
    }

    private Duration until(String what, Look look)
            throws IOException, InterruptedException, SQLException, StoryFailure {
        long begun = System.nanoTime();
        for (long deadline = deadline(); !look.holds(); Thread.sleep(BETWEEN_LOOKS)) {
            if (System.nanoTime() > deadline) {
                throw new StoryFailure("waited " + PATIENCE.toSeconds() + " s in vain until " + what);
            }
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static long deadline() {
        return System.nanoTime() + PATIENCE.toNanos();
    }

    /** Of {@code arn:aws:iam::ACCOUNT:role/NAME} and {@code arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION}. */
    private static String roleName(String arn) {
        String[] parts = arn.split("/", -1);
        return arn.contains(":" + ACCOUNT + ":") && parts.length > 1 ? parts[1] : arn;
    }

    private static String said(Asked answer) {
        return answer.granted() ? answer.role() : answer.status() + " " + answer.code() + " " + answer.message();
    }

    @Override
    public void close() throws SQLException {
        tables.close();
    }
}
