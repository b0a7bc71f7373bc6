package io.mesosiam.scale;

import io.mesosiam.sandbox.cluster.FrameworkSpec;
import io.mesosiam.sandbox.cluster.Placement;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import io.mesosiam.sandbox.cluster.TaskKey;
import io.mesosiam.sandbox.cluster.TaskSpec;
import io.mesosiam.sandbox.cluster.TaskSpec.Label;
import io.mesosiam.sandbox.cluster.TaskState;
import io.mesosiam.sandbox.sts.IssuedSession;
import io.mesosiam.sandbox.sts.SandboxSts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The tasks of the cluster, and what their hosts notice of their leases. A task starts with TASK_ADDED; 250 ms later its container exists,
 * which its host reports and TASK_STARTING names, and TASK_RUNNING follows. It ends with TASK_FINISHED and the host's report.
 */
final class RunningTasks implements StreamedHost.LeaseListener {
    static final String LABEL = "service";

    private static final Duration UNTIL_CONTAINER = Duration.ofMillis(250);
    private static final FrameworkSpec SCHEDULER =
            new FrameworkSpec("benchmark", "svc", "root", List.of("web"), true, true);

    private final SandboxCluster cluster;
    private final SandboxSts sts;
    private final String framework;
    private final int policies;
    private final AtomicInteger numbers = new AtomicInteger();
    private final ScheduledExecutorService timer =
            Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().factory());
    private final Map<String, Placed> placed = new ConcurrentHashMap<>();

    /** The ids of running tasks, to choose one by chance. */
    private final List<String> running = new ArrayList<>();

    private final Map<String, String> taskOfLease = new ConcurrentHashMap<>();
    private final Map<String, String> leaseOfTask = new ConcurrentHashMap<>();

    final Latencies untilHeld = new Latencies();
    final Latencies untilBound = new Latencies();
    final Latencies untilRemoved = new Latencies();

    /** The times until a task has a session of another role. */
    final Latencies untilChanged = new Latencies();

    /** Leases of running tasks that were removed, and second leases of running tasks. */
    final AtomicInteger taken = new AtomicInteger();

    final AtomicInteger again = new AtomicInteger();

    private final Map<String, String> roleOfTask = new ConcurrentHashMap<>();

    private record Placed(StreamedHost host, int number) {
        TaskKey key(String framework) {
            return new TaskKey(framework, id());
        }

        String id() {
            return "t-" + number;
        }

        String container() {
            return "c-" + number;
        }
    }

    RunningTasks(SandboxCluster cluster, SandboxSts sts, int policies) {
        this.cluster = cluster;
        this.sts = sts;
        this.policies = policies;
        framework = cluster.subscribe(SCHEDULER);
    }

    int count() {
        synchronized (running) {
            return running.size();
        }
    }

    /** Number of running tasks whose host has their lease. */
    int withLease() {
        synchronized (running) {
            return (int) running.stream().filter(leaseOfTask::containsKey).count();
        }
    }

    /** The policy that gives a task its role. */
    static int policy(int number, int policies) {
        return number % policies;
    }

    /** Starts a task whose container exists at once, and measures nothing. */
    void startAtOnce(StreamedHost host) {
        Placed task = new Placed(host, numbers.getAndIncrement());
        launch(task);
        occupy(task);
    }

    /** Starts a task; returns its id. */
    String start(StreamedHost host) {
        Placed task = new Placed(host, numbers.getAndIncrement());
        untilHeld.begin(task.id());
        launch(task);
        var unused = timer.schedule(
                () -> {
                    untilBound.begin(task.id());
                    occupy(task);
                },
                UNTIL_CONTAINER.toMillis(),
                TimeUnit.MILLISECONDS);
        return task.id();
    }

    private void launch(Placed task) {
        placed.put(task.id(), task);
        cluster.launch(TaskSpec.command(task.id(), framework, task.host().mesosAgentId(), "web")
                .with(new Label(LABEL, "s-" + policy(task.number(), policies))));
    }

    private void occupy(Placed task) {
        task.host().started(task.container());
        cluster.starting(task.key(framework), new Placement(List.of(task.container()), "127.0.0.1", 1));
        cluster.running(task.key(framework));
        synchronized (running) {
            running.add(task.id());
        }
    }

    /** Ends a task that has run and has its lease. */
    private void endOne() {
        String id;
        synchronized (running) {
            int chosen = ThreadLocalRandom.current().nextInt(running.size());
            id = running.get(chosen);
            if (!leaseOfTask.containsKey(id)) {
                return;
            }
            running.set(chosen, running.getLast());
            running.removeLast();
        }
        Placed task = placed.remove(id);
        untilRemoved.begin(id);
        cluster.updateStatus(task.key(framework), TaskState.FINISHED, "");
        task.host().ended(task.container());
    }

    /** Lets this many tasks start and end in each second. {@return how many have started} */
    int churn(List<StreamedHost> hosts, int perSecond, Duration time) throws InterruptedException {
        List.of(untilHeld, untilBound, untilRemoved).forEach(Latencies::clear);
        int started = numbers.get();
        var steps = timer.scheduleAtFixedRate(
                () -> {
                    start(hosts.get(ThreadLocalRandom.current().nextInt(hosts.size())));
                    endOne();
                },
                0,
                TimeUnit.SECONDS.toNanos(1) / perSecond,
                TimeUnit.NANOSECONDS);
        Thread.sleep(time);
        steps.cancel(false);
        return numbers.get() - started;
    }

    /** From now on, measures when the tasks of these policies have a session of another role. */
    void awaitRoles(Set<Integer> changed) {
        untilChanged.clear();
        synchronized (running) {
            running.stream()
                    .filter(id -> changed.contains(policy(placed.get(id).number(), policies)))
                    .forEach(untilChanged::begin);
        }
    }

    /** Lets another master lead, to which the scheduler and all Mesos agents register. */
    void failOver(List<StreamedHost> hosts) {
        cluster.failOver();
        cluster.resubscribe(framework, SCHEDULER);
        hosts.forEach(host -> cluster.reregister(host.mesosAgentId()));
    }

    @Override
    public void served(String leaseId, String key, String role, boolean bound) {
        String task = sts.session(key)
                .map(IssuedSession::sessionName)
                .map(name -> name.split("@", 2)[0])
                .orElse("");
        taskOfLease.put(leaseId, task);
        String former = leaseOfTask.put(task, leaseId);
        String formerRole = roleOfTask.put(task, role);
        if (former != null && !former.equals(leaseId) && role.equals(formerRole)) {
            again.incrementAndGet();
        }
        if (formerRole != null && !role.equals(formerRole)) {
            untilChanged.end(task);
        }
        untilHeld.end(task);
        if (bound) {
            untilBound.end(task);
        }
    }

    @Override
    public void bound(String leaseId) {
        untilBound.end(taskOfLease.getOrDefault(leaseId, ""));
    }

    @Override
    public void handedOver(String former, String lease) {
        String task = taskOfLease.remove(former);
        if (task != null) {
            taskOfLease.put(lease, task);
            leaseOfTask.put(task, lease);
        }
    }

    @Override
    public void removed(String leaseId) {
        String task = taskOfLease.remove(leaseId);
        if (task == null) {
            return;
        }
        boolean last = leaseOfTask.remove(task, leaseId);
        untilRemoved.end(task);
        if (last && placed.containsKey(task)) {
            if (!untilChanged.isOpen(task)) {
                taken.incrementAndGet();
            }
        } else if (last) {
            roleOfTask.remove(task);
        }
    }
}
