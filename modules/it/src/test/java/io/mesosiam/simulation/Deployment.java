package io.mesosiam.simulation;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/** A cluster with its controllers, hosts and tables, and what happens to them. */
final class Deployment {
    static final List<String> TASKS = List.of("a1", "a2", "b1", "b2", "b3");
    private static final int TASKS_PER_HOST = 4;

    /** A controller that stops asks its agents to move, and ends when they have or after this time. */
    private static final Duration LONGEST_STOP = Duration.ofSeconds(50);

    private static final Duration PAUSE = Duration.ofSeconds(60);

    final Scheduler scheduler;
    final Masters masters;
    final Policies policies;
    final Database database;
    final Sts sts;
    final Network network;
    final Checks checks;
    final Entitled entitled;
    final Grants grants;
    final GrantChecks grantChecks;
    final Executors executors;
    final Spawner spawner;
    final Restarts restarts;
    final Operators operators;
    final Forgers forgers;
    final List<String> controllerNames = List.of("k1", "k2", "k3");
    final List<Host> hosts = new ArrayList<>();
    private final Map<String, ControllerNode> controllers = new LinkedHashMap<>();
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final Set<Feature> features;
    private boolean quiet;

    /** @param tells whether the run has a story */
    Deployment(long seed, Set<Feature> features, boolean tells) {
        this.features = features;
        scheduler = new Scheduler(seed, tells);
        List<MesosAgentId> ids = List.of(new MesosAgentId("S1"), new MesosAgentId("S2"), new MesosAgentId("S3"));
        masters = new Masters(scheduler, ids);
        policies = new Policies(scheduler, uses(Feature.SHARED_CONTAINERS));
        database = new Database(scheduler, uses(Feature.LOST_COMMITS));
        sts = new Sts(scheduler);
        network = new Network(scheduler);
        checks = new Checks(this);
        entitled = new Entitled(this);
        grantChecks = new GrantChecks(this);
        grants = new Grants(this, grantChecks);
        for (Fault fault : Fault.values()) {
            if (scheduler.oneIn(2)) {
                faults.add(fault);
            }
        }
        scheduler.note(() -> "faults " + faults);
        if (!features.isEmpty()) {
            scheduler.note(() -> "features " + features);
        }
        ids.forEach(id -> hosts.add(new Host(id, this, clock())));
        controllerNames.forEach(this::startController);
        hosts.forEach(Host::start);
        executors = new Executors(this);
        spawner = new Spawner(this);
        restarts = new Restarts(this);
        operators = new Operators(this);
        new LostCommits(this).happenLater();
        forgers = new Forgers(this);
        forgers.happenLater();
        happen();
    }

    boolean uses(Feature feature) {
        return features.contains(feature);
    }

    /** Whether all faults have ended, and nothing new happens. */
    boolean isQuiet() {
        return quiet;
    }

    /** A clock that is up to a second off. */
    private NodeClock clock() {
        return new NodeClock(
                scheduler,
                scheduler.between(Duration.ofSeconds(-1), Duration.ofSeconds(1)),
                (scheduler.random.nextDouble() - 0.5) * 2e-5);
    }

    Host host(MesosAgentId id) {
        return hosts.stream().filter(host -> host.id.equals(id)).findFirst().orElseThrow();
    }

    Optional<ControllerNode> controller(String name) {
        return Optional.ofNullable(controllers.get(name));
    }

    List<ControllerNode> controllers() {
        return List.copyOf(controllers.values());
    }

    /** Whether a controller has entries to write. */
    boolean writes() {
        return controllers.values().stream().anyMatch(each -> each.journal.backlog() > 0);
    }

    private void startController(String name) {
        if (controllers.containsKey(name)) {
            return;
        }
        if (database.up) {
            controllers.put(name, new ControllerNode(name, this, clock()));
        } else {
            scheduler.after(Duration.ofSeconds(5), "start of " + name, () -> startController(name));
        }
    }

    // ---- what happens

    private void happen() {
        if (quiet) {
            return;
        }
        scheduler.within(PAUSE, "something happens", this::happen);
        switch (scheduler.random.nextInt(8)) {
            case 0, 1 -> launch();
            case 2 -> alive().ifPresent(this::end);
            case 3 -> changePolicies();
            case 4 -> withdraw();
            default -> {
                Fault fault = scheduler.pick(List.of(Fault.values()));
                if (faults.contains(fault)) {
                    scheduler.note(() -> "fault " + fault);
                    begin(fault);
                }
            }
        }
    }

    /** A task that runs. */
    Optional<Run> alive() {
        List<Run> alive = masters.runs.stream().filter(run -> run.alive).toList();
        return alive.isEmpty() ? Optional.empty() : Optional.of(scheduler.pick(alive));
    }

    private void launch() {
        Host host = scheduler.pick(hosts);
        if (hasRoom(host)) {
            masters.runs.removeIf(run -> run.endReported && scheduler.oneIn(4) && !run.mayShare());
            launch(host, scheduler.pick(Masters.FRAMEWORKS), scheduler.pick(TASKS), Optional.empty());
        }
    }

    private boolean hasRoom(Host host) {
        return masters.runs.stream()
                        .filter(run -> run.key.agent().equals(host.id) && !run.over)
                        .count()
                < TASKS_PER_HOST;
    }

    /** Launches a task, perhaps with the label of a launch grant, if the host has room. */
    void launch(Host host, FrameworkId framework, String task, Optional<UUID> grant) {
        if (hasRoom(host)) {
            Optional<Run> unused = launch(host, framework, task, executors.of(framework, task, host), grant);
        }
    }

    Optional<Run> launch(
            Host host, FrameworkId framework, String task, Optional<Executor> executor, Optional<UUID> grant) {
        Optional<Run> launched = masters.launch(framework, task, host.id, executor, grant);
        launched.ifPresent(run -> {
            executors.launched(run);
            scheduler.note(() -> "launch " + run);
            Duration until = Masters.LAUNCH.plus(scheduler.upTo(Duration.ofSeconds(5)));
            scheduler.after(until, "start of " + run, () -> start(host, run));
        });
        return launched;
    }

    private void start(Host host, Run run) {
        if (run.executor.filter(it -> it.over).isPresent()) {
            run.over = true;
            masters.update(run, TaskState.FAILED);
            return;
        }
        run.alive = true;
        run.executor.ifPresent(it -> host.begin(it.own));
        host.begin(run.container);
        masters.update(run, TaskState.STARTING);
        scheduler.within(Duration.ofSeconds(3), "running " + run, () -> {
            if (run.alive) {
                masters.update(run, TaskState.RUNNING);
            }
        });
        request(run, Duration.ofSeconds(2));
    }

    void end(Run run) {
        scheduler.note(() -> "end of " + run);
        run.alive = false;
        run.over = true;
        if (!run.mayShare()) {
            host(run.key.agent()).end(run.container);
        }
        run.executor.ifPresent(executors::left);
        scheduler.within(Duration.ofSeconds(2), "finished " + run, () -> masters.update(run, TaskState.FINISHED));
    }

    private void request(Run run, Duration atMost) {
        scheduler.within(atMost, "request of " + run, () -> {
            if (run.alive) {
                host(run.key.agent()).request(run, scheduler.pick(Policies.NAMES));
                request(run, Duration.ofMinutes(8));
            }
        });
    }

    private void changePolicies() {
        if (database.up) {
            policies.change();
            readTables();
        }
    }

    private void withdraw() {
        if (!database.up) {
            return;
        }
        if (scheduler.oneIn(2) && !database.withdrawals.isEmpty()) {
            checks.lifted(database.withdrawals.remove(scheduler.random.nextInt(database.withdrawals.size())));
            readTables();
        } else if (scheduler.oneIn(3)) {
            alive().ifPresent(run -> {
                CredentialName name = scheduler.pick(Policies.NAMES);
                checks.withdrawn(run, name);
                database.withdrawals.add(new Withdrawal(
                        Optional.of(run.key.framework()),
                        Optional.of(run.key.task()),
                        Optional.of(run.key.agent()),
                        OptionalLong.empty(),
                        Optional.of(name),
                        "revoked"));
                readTables();
            });
        }
    }

    /** Notifies the controllers of changed tables; a lost notification is made up for by the next poll. */
    void readTables() {
        for (String name : controllerNames) {
            Duration delay = scheduler.oneIn(10) ? Duration.ofSeconds(10) : scheduler.upTo(Duration.ofMillis(200));
            scheduler.after(
                    delay, name + " reads the tables", () -> controller(name).ifPresent(ControllerNode::readTables));
        }
    }

    /** The same for launch grants. */
    void grantsChanged() {
        for (String name : controllerNames) {
            boolean lost = scheduler.oneIn(10);
            Duration delay = lost ? scheduler.upTo(Duration.ofSeconds(10)) : scheduler.upTo(Duration.ofMillis(200));
            scheduler.after(
                    delay, name + " reads the grants", () -> controller(name).ifPresent(it -> it.grants.read(lost)));
        }
    }

    /** The same for evictions. A controller can be cut off from the database alone, so that it reads them late. */
    void evictionsChanged() {
        for (String name : controllerNames) {
            Duration late =
                    quiet || scheduler.oneIn(2) ? Duration.ofSeconds(10) : scheduler.upTo(Duration.ofMinutes(2));
            Duration delay = scheduler.oneIn(10) ? late : scheduler.upTo(Duration.ofMillis(200));
            scheduler.after(delay, name + " reads the evictions", () -> controller(name)
                    .ifPresent(ControllerNode::readEvictions));
        }
    }

    // ---- faults, each with its end

    private void begin(Fault fault) {
        Host host = scheduler.pick(hosts);
        String name = scheduler.pick(controllerNames);
        Duration lasts =
                scheduler.oneIn(3) ? scheduler.upTo(Duration.ofMinutes(30)) : scheduler.upTo(Duration.ofMinutes(2));
        switch (fault) {
            case LEADER_ENDS -> failOver(lasts.dividedBy(4));
            case MESOS_AGENT_LOST -> {
                masters.lose(host.id);
                scheduler.after(lasts, "return of " + host, () -> masters.register(host.id));
            }
            case FRAMEWORK_HIDDEN -> {
                masters.hide(Optional.of(scheduler.pick(Masters.FRAMEWORKS)));
                scheduler.after(lasts, "nothing is hidden", () -> masters.hide(Optional.empty()));
            }
            case TASKS_HIDDEN -> {
                masters.hideTasks(Optional.of(host.id));
                scheduler.after(lasts, "no tasks are hidden", () -> masters.hideTasks(Optional.empty()));
            }
            case STREAM_OF_MASTER_CUT -> controller(name).ifPresent(it -> it.watch.cut());
            case MASTERS_UNREACHABLE ->
                controller(name).ifPresent(it -> {
                    it.watch.reachable = false;
                    it.watch.cut();
                    scheduler.after(lasts, "masters reachable from " + name, () -> it.watch.reachable = true);
                });
            case CONTROLLER_CRASHES -> controller(name).ifPresent(it -> crash(it, lasts));
            case CONTROLLER_STOPS ->
                controller(name).ifPresent(it -> {
                    it.streams.moveAll();
                    scheduler.within(LONGEST_STOP, "stop of " + name, () -> {
                        if (controllers.remove(name, it)) {
                            it.crash();
                            scheduler.after(lasts, "start of " + name, () -> startController(name));
                        }
                    });
                });
            case AGENT_RESTARTS -> host.restart();
            case STREAM_CUT -> network.cut(host);
            case PATH_BLOCKED -> {
                List<Network.Direction> directions = scheduler.oneIn(2)
                        ? List.of(Network.Direction.values())
                        : List.of(scheduler.pick(List.of(Network.Direction.values())));
                directions.forEach(direction -> {
                    network.block(host, name, direction);
                    scheduler.after(
                            lasts, "path of " + host + " to " + name, () -> network.unblock(host, name, direction));
                });
            }
            case DATABASE_AWAY -> {
                database.up = false;
                scheduler.after(lasts, "the database answers", this::databaseAnswers);
            }
            case ANSWERS_LOST -> {
                database.losesAnswers = true;
                scheduler.after(lasts, "no answer is lost", () -> database.losesAnswers = false);
            }
            case JOURNAL_STALLS -> {
                boolean unused = database.stalled.add(name);
                scheduler.after(lasts, "the journal of " + name + " writes", () -> database.stalled.remove(name));
            }
            case STS_AWAY -> {
                sts.up = false;
                scheduler.after(lasts, "STS answers", () -> sts.up = true);
            }
            case ROLE_DENIED -> mood(Sts.Mood.DENIES, lasts);
            case ROLE_THROTTLED -> mood(Sts.Mood.THROTTLES, lasts);
        }
    }

    /** The process of a controller ends, and another one starts some time later. */
    void crash(ControllerNode controller, Duration lasts) {
        controller.crash();
        controllers.remove(controller.name);
        scheduler.after(lasts, "start of " + controller.name, () -> startController(controller.name));
    }

    private void mood(Sts.Mood mood, Duration lasts) {
        String role = "arn:aws:iam::123456789012:role/r" + scheduler.random.nextInt(3);
        sts.moods.put(role, mood);
        scheduler.after(lasts, "STS issues sessions of " + role, () -> sts.moods.remove(role));
    }

    void databaseAnswers() {
        if (!database.up) {
            database.up = true;
            readTables();
            if (uses(Feature.LAUNCH_GRANTS)) {
                grants.expire();
                controllers.values().forEach(each -> each.grants.read(true));
            }
            if (uses(Feature.OPERATORS)) {
                evictionsChanged();
            }
        }
    }

    private void failOver(Duration lasts) {
        if (masters.leader().isEmpty()) {
            return;
        }
        masters.depose();
        controllers.values().forEach(each -> each.watch.cut());
        scheduler.after(lasts, "a master is elected", () -> {
            masters.elect();
            for (FrameworkId id : Masters.FRAMEWORKS) {
                scheduler.within(Duration.ofMinutes(2), id + " subscribes", () -> masters.subscribeFramework(id));
            }
            for (Host host : hosts) {
                scheduler.within(Duration.ofMinutes(10), host + " registers", () -> masters.register(host.id));
            }
        });
    }

    /** Ends all faults, and lets nothing new happen. */
    void becomeQuiet() {
        quiet = true;
        scheduler.note(() -> "quiet");
        network.unblockAll();
        database.losesAnswers = false;
        databaseAnswers();
        operators.becomeQuiet();
        forgers.becomeQuiet();
        sts.up = true;
        sts.moods.clear();
        masters.hide(Optional.empty());
        masters.hideTasks(Optional.empty());
        database.stalled.clear();
        controllers.values().forEach(each -> each.watch.reachable = true);
        if (masters.leader().isEmpty()) {
            masters.elect();
        }
        Masters.FRAMEWORKS.forEach(masters::subscribeFramework);
        hosts.forEach(host -> masters.register(host.id));
        controllerNames.forEach(this::startController);
    }
}
