package io.mesosiam.trial;

import io.mesosiam.controller.ControllerProcess;
import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.sandbox.cluster.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Credentials that are taken away while hosts change their controller. An answer after the stated time is wrong. */
final class TakeoverFaults {
    private static final int ROUNDS = 5;

    static final List<Trial> TRIALS = List.of(
            new Trial(
                    "withdrawn-at-kill",
                    "tasks are withdrawn and denied when their controller is killed, 5 times; wrong if served 12 s later",
                    TakeoverFaults::atKill),
            new Trial(
                    "withdrawn-at-freeze",
                    "tasks are withdrawn and denied while their controller hangs for 60 s (SIGSTOP); wrong if served 45 s later",
                    TakeoverFaults::atFreeze),
            new Trial(
                    "withdrawn-without-database",
                    "tasks are withdrawn and denied, PostgreSQL hangs for 20 s (SIGSTOP) and a controller is killed; wrong if served 40 s later",
                    TakeoverFaults::withoutDatabase),
            new Trial(
                    "withdrawn-without-controllers",
                    "tasks are withdrawn and denied while both controllers are away for 20 s; wrong if served 15 s after their start",
                    TakeoverFaults::withoutControllers),
            new Trial(
                    "retained",
                    "sessions without rows of tasks that the next controller, cut off from the master, doesn't know; wrong if a withdrawn one is served 5 s later",
                    setup -> setup.ownWaysToTheMaster().session(Duration.ofMinutes(10)),
                    TakeoverFaults::retained));

    private TakeoverFaults() {}

    private static void atKill(TrialSite site) throws Exception {
        TakenAway taken = new TakenAway(site, Duration.ofSeconds(12));
        for (int round = 0; round < ROUNDS; round++) {
            List<TrialTask> tasks = taken.startTasks();
            ControllerProcess one = site.controllers().get(round % 2);
            int before = ThreadLocalRandom.current().nextInt(tasks.size());
            for (TrialTask task : tasks.subList(0, before)) {
                taken.take(task);
            }
            one.kill();
            for (TrialTask task : tasks.subList(before, tasks.size())) {
                Thread.sleep(ThreadLocalRandom.current().nextInt(600));
                taken.take(task);
            }
            Thread.sleep(Duration.ofSeconds(14));
            one.start();
            one.awaitReady();
            taken.endTasks();
        }
        taken.report();
    }

    private static void atFreeze(TrialSite site) throws Exception {
        TakenAway taken = new TakenAway(site, Duration.ofSeconds(45));
        List<TrialTask> tasks = taken.startTasks();
        ControllerProcess one = site.controllers().getFirst();
        signal("-STOP", one);
        for (TrialTask task : tasks) {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1000));
            taken.take(task);
        }
        Thread.sleep(Duration.ofSeconds(50));
        signal("-CONT", one);
        Thread.sleep(Duration.ofSeconds(10));
        taken.report();
        taken.endTasks();
    }

    private static void withoutDatabase(TrialSite site) throws Exception {
        TakenAway taken = new TakenAway(site, Duration.ofSeconds(40));
        List<TrialTask> tasks = taken.startTasks();
        for (TrialTask task : tasks) {
            taken.take(task);
        }
        site.postgres().freeze();
        site.controllers().getFirst().kill();
        Thread.sleep(Duration.ofSeconds(20));
        site.postgres().thaw();
        Thread.sleep(Duration.ofSeconds(25));
        site.controllers().getFirst().start();
        taken.report();
        taken.endTasks();
    }

    private static void withoutControllers(TrialSite site) throws Exception {
        TakenAway taken = new TakenAway(site, Duration.ofMinutes(5));
        List<TrialTask> tasks = taken.startTasks();
        for (ControllerProcess one : site.controllers()) {
            one.kill();
        }
        for (TrialTask task : tasks) {
            taken.take(task);
        }
        Thread.sleep(Duration.ofSeconds(20));
        for (ControllerProcess one : site.controllers()) {
            one.start();
        }
        for (ControllerProcess one : site.controllers()) {
            one.awaitReady();
        }
        Thread.sleep(Duration.ofSeconds(15));
        taken.forbid();
        Thread.sleep(Duration.ofSeconds(10));
        taken.report();
        taken.endTasks();
    }

    private static void retained(TrialSite site) throws Exception {
        TakenAway taken = new TakenAway(site, Duration.ofSeconds(5));
        ControllerProcess next = site.controllers().get(1);
        DatabaseProxy toMaster = site.wayToTheMaster(1);
        toMaster.refuse(true);
        toMaster.cut();
        Thread.sleep(Duration.ofSeconds(1));
        site.postgres().freeze();
        List<TrialTask> tasks = taken.startTasks();
        site.controllers().getFirst().kill();
        Thread.sleep(Duration.ofMillis(300));
        site.postgres().thaw();
        Thread.sleep(Duration.ofSeconds(14));
        for (TrialTask task : tasks.subList(0, 3)) {
            taken.withdrawOnItsHost(task);
        }
        Thread.sleep(Duration.ofSeconds(8));
        // all hosts connect to it again
        signal("-STOP", next);
        Thread.sleep(Duration.ofSeconds(33));
        signal("-CONT", next);
        Thread.sleep(Duration.ofSeconds(25));
        for (TrialTask task : tasks.subList(3, 6)) {
            taken.withdrawOnItsHost(task);
        }
        Thread.sleep(Duration.ofSeconds(8));
        System.out.println("  sessions not in rows: served "
                + tasks.stream()
                        .filter(task -> task.isServedSince(Instant.now().minusSeconds(3)))
                        .count() + " of " + tasks.size() + " before the master is back, 6 withdrawn");
        toMaster.refuse(false);
        Thread.sleep(Duration.ofSeconds(10));
        System.out.println("  sessions not in rows: served "
                + tasks.stream()
                        .filter(task -> task.isServedSince(Instant.now().minusSeconds(3)))
                        .count() + " of " + tasks.size() + " after the master is back, 6 withdrawn");
        site.controllers().getFirst().start();
        taken.report();
        taken.endTasks();
    }

    private static void signal(String signal, ControllerProcess controller) throws Exception {
        Commands.run("kill", signal, String.valueOf(controller.pid()));
    }

    /** Tasks whose credentials are taken away, and how long they were served after that. */
    static final class TakenAway {
        private static final int TASKS = 12;
        private static final Duration FIRST_CREDENTIALS = Duration.ofMinutes(1);

        private final TrialSite site;
        private final Duration bound;
        private final List<TrialTask> started = new ArrayList<>();
        private final List<Taken> taken = new ArrayList<>();

        private record Taken(TrialTask task, Instant at) {
            Duration servedFor() {
                Duration served = Duration.between(at, task.lastRight());
                return served.isNegative() ? Duration.ZERO : served;
            }
        }

        TakenAway(TrialSite site, Duration bound) {
            this.site = site;
            this.bound = bound;
        }

        List<TrialTask> startTasks() throws Exception {
            List<TrialTask> tasks = new ArrayList<>();
            for (TrialHost host : site.load().hosts().subList(0, TASKS)) {
                site.load().pause(host);
                tasks.add(site.load().startOn(host));
            }
            Instant end = Instant.now().plus(FIRST_CREDENTIALS);
            for (TrialTask task : tasks) {
                while (!task.hasHadCredentials()) {
                    if (Instant.now().isAfter(end)) {
                        throw new IllegalStateException(
                                "no credentials after " + FIRST_CREDENTIALS + ": " + task.key());
                    }
                    Thread.sleep(Duration.ofMillis(50));
                }
            }
            started.addAll(tasks);
            return tasks;
        }

        /** Withdraws the task, or denies it by a policy. */
        void take(TrialTask task) throws Exception {
            String id = task.key().taskId();
            taken(
                    task,
                    ThreadLocalRandom.current().nextBoolean()
                            ? "insert into withdrawal (framework_id, task_id, reason) values ('"
                                    + task.key().frameworkId() + "', '" + id + "', 'trial')"
                            : "insert into policy (name, effect, framework_principal, task_name) values ('not-" + id
                                    + "', 'deny', 'svc', '" + id + "')");
        }

        void withdrawOnItsHost(TrialTask task) throws Exception {
            taken(
                    task,
                    "insert into withdrawal (framework_id, task_id, mesos_agent_id, reason) values ('"
                            + task.key().frameworkId() + "', '" + task.key().taskId() + "', '" + task.mesosAgentId()
                            + "', 'trial')");
        }

        private void taken(TrialTask task, String sql) throws Exception {
            site.postgres().execute(TrialSite.DATABASE, sql);
            taken.add(new Taken(task, Instant.now()));
            Thread unused = Thread.startVirtualThread(() -> {
                try {
                    Thread.sleep(bound);
                    site.judge().forbid(task);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        void forbid() {
            taken.forEach(each -> site.judge().forbid(each.task));
        }

        void report() {
            List<Long> served = taken.stream()
                    .map(each -> each.servedFor().toMillis())
                    .sorted()
                    .toList();
            System.out.println("  taken away " + served.size() + ", served after that for ms: median "
                    + served.get(served.size() / 2) + ", longest " + served.getLast());
        }

        void endTasks() throws Exception {
            for (TrialTask task : started) {
                if (task.ended().isEmpty()) {
                    site.load().end(task, TaskState.KILLED);
                }
            }
            started.clear();
            site.load().hosts().forEach(site.load()::resume);
        }
    }
}
