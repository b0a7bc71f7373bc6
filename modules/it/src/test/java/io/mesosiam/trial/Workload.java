package io.mesosiam.trial;

import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The tasks of a trial: as many as at the start run all the time, and a steady number ends and starts. */
final class Workload implements AutoCloseable {
    /** The teams; the first letter of a task's id is its team's. */
    private static final String TEAMS = "abc";

    private static final double SAME_TASK_AGAIN = 0.25;

    private final SandboxCluster cluster;
    private final String framework;
    private final FrameworkSpec scheduler = new FrameworkSpec("batch", "svc", "root", List.of("web"), true, true);
    private final List<TrialHost> hosts = new CopyOnWriteArrayList<>();
    private final Map<String, TrialTask> running = new ConcurrentHashMap<>();
    private final Map<String, List<TrialTask>> launches = new ConcurrentHashMap<>();
    private final Set<TrialHost> paused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final ScheduledExecutorService timer =
            Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().factory());

    Workload(SandboxCluster cluster) {
        this.cluster = cluster;
        this.framework = cluster.subscribe(scheduler);
    }

    /** Adds a host with this many tasks. */
    void add(TrialHost host, int tasks) throws Exception {
        hosts.add(host);
        for (int i = 0; i < tasks; i++) {
            start(host, nextId());
        }
    }

    List<TrialHost> hosts() {
        return List.copyOf(hosts);
    }

    String framework() {
        return framework;
    }

    static String role(char team) {
        return "arn:aws:iam::111122223333:role/team-" + team;
    }

    /** Starts another task on a host. */
    TrialTask startOn(TrialHost host) throws Exception {
        return start(host, nextId());
    }

    private String nextId() {
        int number = numbers.incrementAndGet();
        return TEAMS.charAt(number % TEAMS.length()) + "-" + number;
    }

    private TrialTask start(TrialHost host, String id) throws Exception {
        String container = UUID.randomUUID().toString();
        TrialTask task = new TrialTask(
                new TaskKey(framework, id), host.mesosAgentId(), container, role(id.charAt(0)), Instant.now());
        launches.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>()).add(task);
        cluster.launch(TaskSpec.command(id, framework, host.mesosAgentId(), "web"));
        running.put(container, task);
        host.start(task);
        cluster.starting(task.key(), new Placement(List.of(container), "127.0.0.1", 1));
        cluster.running(task.key());
        return task;
    }

    /** Ends a task as its executor does, with this state. */
    void end(TrialTask task, TaskState state) throws Exception {
        running.remove(task.container());
        TrialHost host = host(task);
        host.end(task);
        task.end(Instant.now());
        cluster.updateStatus(task.key(), state, "");
    }

    /** Ends a task's container; no master learns of it. */
    void vanish(TrialTask task) throws Exception {
        running.remove(task.container());
        host(task).end(task);
        task.end(Instant.now());
    }

    /** Lets a task start on a host, and fail at once. */
    void fail(TrialHost host) {
        String id = nextId();
        TrialTask task = new TrialTask(
                new TaskKey(framework, id), host.mesosAgentId(), "flood-" + id, role(id.charAt(0)), Instant.now());
        launches.computeIfAbsent(id, _ -> new CopyOnWriteArrayList<>()).add(task);
        cluster.launch(TaskSpec.command(id, framework, host.mesosAgentId(), "web"));
        cluster.updateStatus(task.key(), TaskState.FAILED, "command not found");
        task.end(Instant.now());
    }

    private TrialHost host(TrialTask task) {
        return hosts.stream()
                .filter(host -> host.mesosAgentId().equals(task.mesosAgentId()))
                .findFirst()
                .orElseThrow();
    }

    /** Lets this many tasks a second end, each replaced on its host, some by another launch of the same task. */
    void churn(int perSecond) {
        var unused = timer.scheduleAtFixedRate(
                this::replaceOne, 0, TimeUnit.SECONDS.toMicros(1) / perSecond, TimeUnit.MICROSECONDS);
    }

    /** Lets no task of a host end and start by chance. */
    void pause(TrialHost host) {
        paused.add(host);
    }

    void resume(TrialHost host) {
        paused.remove(host);
    }

    private void replaceOne() {
        try {
            TrialHost host = hosts.get(ThreadLocalRandom.current().nextInt(hosts.size()));
            TrialTask oldest =
                    on(host).min(Comparator.comparing(TrialTask::started)).orElse(null);
            if (oldest == null || paused.contains(host) || !known(oldest)) {
                return;
            }
            end(oldest, TaskState.FINISHED);
            boolean again = ThreadLocalRandom.current().nextDouble() < SAME_TASK_AGAIN;
            start(host, again ? oldest.key().taskId() : nextId());
        } catch (NoSuchElementException failingOver) {
            // no master accepts launches now
        } catch (Exception e) {
            System.err.println("no task replaced: " + e);
        }
    }

    /** Whether the master accepts launches on the task's host now. */
    private boolean known(TrialTask task) {
        return cluster.recoveredAgents().stream().noneMatch(task.mesosAgentId()::equals);
    }

    /** Lets the scheduler and all Mesos agents register with a new leader. */
    void register() {
        cluster.resubscribe(framework, scheduler);
        List.copyOf(cluster.recoveredAgents()).forEach(cluster::reregister);
    }

    Stream<TrialTask> on(TrialHost host) {
        return running.values().stream().filter(task -> task.mesosAgentId().equals(host.mesosAgentId()));
    }

    /** The running tasks. */
    List<TrialTask> running() {
        return List.copyOf(running.values());
    }

    /** All launches so far, by task id, each list in order. */
    Map<String, List<TrialTask>> launches() {
        return Map.copyOf(launches);
    }

    List<TrialTask> allLaunches() {
        return new ArrayList<>(launches.values().stream().flatMap(List::stream).toList());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        try {
            boolean unused = timer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
