package io.mesosiam.simulation;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.reconcile.Dependencies;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.reconcile.ReconcilerSteps;
import io.mesosiam.lease.reconcile.ReportOutcome;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.lease.store.ModelJournal;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.cluster.PolicyDifference;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.sts.Identities;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One process of a controller: the product's model of the cluster, reconciler and journal, and the streams of hosts. */
final class ControllerNode implements SessionSource, LeaseDelivery {
    final String name;
    final Reconciler reconciler;
    final BatchedJournal journal;
    final Streams streams;
    final Watch watch;
    final GrantLoop grants;

    /** False once the process has ended. */
    boolean runs = true;

    private final Deployment deployment;
    private final Scheduler scheduler;
    private final InstantSource clock;
    private final Decisions decisions;

    /** Since when the state shows each task in its container, unless it is known to have ended. */
    private final Map<TaskContainer, Instant> shown = new HashMap<>();

    private ClusterModel model;
    private int policies;
    private List<Withdrawal> withdrawals = List.of();

    /** Since when it knows each of them. */
    private final Map<Withdrawal, Instant> withdrawnSince = new HashMap<>();

    /** The hosts that are evicted as far as it knows, and since when it knows. */
    private final Map<MesosAgentId, Instant> evicted = new HashMap<>();

    private long stepAt = Long.MAX_VALUE;
    private boolean flushing;
    private Instant callBegun = Instant.EPOCH;

    /** Starts the process. The database answers. */
    ControllerNode(String name, Deployment deployment, InstantSource clock) {
        this.name = name;
        this.deployment = deployment;
        this.scheduler = deployment.scheduler;
        this.clock = clock;
        this.policies = deployment.policies.newest();
        noteWithdrawals();
        deployment.database.evicted.forEach(host -> evicted.put(host, scheduler.now()));
        this.journal = ModelJournal.of(Config.DEFAULTS, clock, name, deployment.database.writtenBy(name));
        this.decisions = new Decisions(deployment.policies.set(policies));
        this.grants = new GrantLoop(this, deployment);
        this.reconciler = new Reconciler(
                Config.DEFAULTS,
                new Dependencies(
                        decisions,
                        this,
                        this,
                        deployment.database,
                        deployment.uses(Feature.LAUNCH_GRANTS) ? grants.rows : GrantRows.NONE,
                        this::call,
                        clock,
                        scheduler.random.split(),
                        _ -> {}),
                journal);
        this.streams = new Streams(this, deployment);
        this.watch = new Watch(scheduler, deployment.masters, this);
        this.model = ClusterModel.startingWith(deployment.database.known());
        reconciler.policies().changed(policies);
        grants.start();
        reconciler.withdrawalsChanged(withdrawals);
        ReconcilerSteps.restore(reconciler, deployment.database.live());
        watch.start();
        wake();
    }

    /** The settings' default values. */
    private record Config(
            int concurrentCalls,
            Duration fullPass,
            Duration outOfSightLimit,
            Duration journalDelay,
            int journalCapacity,
            Duration withoutDatabaseLimit,
            Duration withdrawalPoll)
            implements LeaseConfig {
        static final Config DEFAULTS = new Config(
                256,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ofMillis(100),
                20_000,
                Duration.ofMinutes(15),
                Duration.ofSeconds(10));
    }

    InstantSource clock() {
        return clock;
    }

    // ---- the loop of the reconciler

    /** Plans the next step of the reconciler; call it after every input. */
    void wake() {
        if (runs) {
            Duration wait = ReconcilerSteps.untilDue(reconciler);
            Duration due = wait.isNegative() ? Duration.ZERO : wait;
            long at = scheduler.micros() + due.toNanos() / 1000;
            if (at < stepAt) {
                stepAt = at;
                scheduler.after(due.plus(scheduler.upTo(Duration.ofMillis(1))), "plan of " + name, () -> step(at));
            }
            flushLater(Duration.ofMillis(100));
            grants.writeLater();
        }
    }

    private void step(long at) {
        if (runs && at == stepAt) {
            stepAt = Long.MAX_VALUE;
            boolean unused = ReconcilerSteps.step(reconciler);
            wake();
        }
    }

    // ---- the cluster and the tables

    ClusterState state() {
        return model.state();
    }

    void apply(ClusterEvent event) {
        ClusterModel.Change change = model.apply(event, reconciler.running());
        model = change.model();
        change.touched().forEach(this::noteShown);
        Set<Launch> unneeded = reconciler.changed(model.state(), change.touched());
        if (!unneeded.isEmpty()) {
            apply(new ClusterEvent.Forgotten(new LinkedHashSet<>(unneeded)));
        }
        wake();
    }

    private void noteShown(Launch launch) {
        Optional<LaunchedTask> task = model.state().launch(launch);
        task.flatMap(it -> it.task().inContainer()).ifPresent(in -> {
            if (task.get().end().isPresent()) {
                shown.remove(in);
                grants.sawEnd(in);
            } else {
                shown.putIfAbsent(in, scheduler.now());
            }
        });
    }

    /** Whether its state has shown a running task for that long, with all that a decision needs. */
    boolean hasShown(Run run, Duration time) {
        Instant since = shown.get(run.inContainer());
        return since != null && since.plus(time).isBefore(scheduler.now());
    }

    /** Whether its state shows the task in another container. */
    boolean misplaces(Run run) {
        return model.state().launches().values().stream()
                .filter(each -> each.end().isEmpty() && each.launch().key().equals(run.key))
                .anyMatch(each -> each.task().isElsewhere(Optional.of(run.containerId())));
    }

    /** Decides by these launch grants from now on. */
    void granted(Grants inForce, GrantedTasks concerned) {
        decisions.use(inForce);
        reconciler.policies().grantsChanged(concerned);
    }

    void containers(MesosAgentId host, Map<ContainerId, ReportedContainer> started, Set<ContainerId> ended) {
        ReportOutcome outcome = reconciler.containers(host, started, ended);
        outcome.ends().forEach((launch, end) -> apply(new ClusterEvent.EndObserved(launch, end)));
        wake();
    }

    /** The version of the policies that decisions use. */
    int policyVersion() {
        return policies;
    }

    /** The withdrawals that decisions use. */
    List<Withdrawal> withdrawals() {
        return withdrawals;
    }

    /** Reads the policies and withdrawals, if the database answers. */
    void readTables() {
        if (!runs || !deployment.database.up) {
            return;
        }
        int newest = deployment.policies.newest();
        if (newest != policies) {
            PolicySet before = decisions.set();
            policies = newest;
            decisions.use(deployment.policies.set(newest));
            reconciler.policies().changed(newest, PolicyDifference.between(before, decisions.set()));
        }
        if (!withdrawals.equals(deployment.database.withdrawals)) {
            noteWithdrawals();
            reconciler.withdrawalsChanged(withdrawals);
        }
        wake();
    }

    private void noteWithdrawals() {
        withdrawals = List.copyOf(deployment.database.withdrawals);
        withdrawnSince.keySet().retainAll(withdrawals);
        withdrawals.forEach(each -> withdrawnSince.putIfAbsent(each, scheduler.now()));
    }

    /** Whether decisions have used a withdrawal for that long. */
    boolean hasWithdrawn(Withdrawal withdrawal, Duration time) {
        return withdrawnSince.get(withdrawal).plus(time).isBefore(scheduler.now());
    }

    /** Reads the evictions, if the database answers. */
    void readEvictions() {
        if (runs && deployment.database.up) {
            evicted.keySet().retainAll(deployment.database.evicted);
            for (Host host : deployment.hosts) {
                if (deployment.database.evicted.contains(host.id) && !isEvicted(host.id)) {
                    evicted.put(host.id, scheduler.now());
                    streams.evicted(host.id);
                }
            }
            wake();
        }
    }

    boolean isEvicted(MesosAgentId host) {
        return evicted.containsKey(host);
    }

    /** Whether it has known since then that the host is evicted. */
    boolean isEvictedSince(MesosAgentId host, Instant then) {
        return isEvicted(host) && evicted.get(host).isBefore(then);
    }

    private void flushLater(Duration delay) {
        if (!flushing && journal.backlog() > 0) {
            flushing = true;
            scheduler.after(delay, "journal of " + name, this::flush);
        }
    }

    private void flush() {
        flushing = false;
        if (runs) {
            boolean written = journal.flush();
            flushLater(written ? Duration.ofSeconds(5) : scheduler.upTo(Duration.ofSeconds(5)));
            wake();
        }
    }

    // ---- STS

    private void call(Runnable call) {
        Instant begun = scheduler.now();
        Duration duration = scheduler.oneIn(50)
                ? scheduler.upTo(Duration.ofSeconds(20))
                : scheduler.between(Duration.ofMillis(20), Duration.ofMillis(400));
        scheduler.after(duration, "answer of STS to " + name, () -> {
            if (runs) {
                callBegun = begun;
                call.run();
                wake();
            }
        });
    }

    @Override
    public SessionIdentity identity(Entitlement entitlement, CredentialName credential, LaunchedTask task) {
        return Identities.of(entitlement, credential, task);
    }

    @Override
    public SessionOutcome session(SessionIdentity identity, boolean waiting) {
        deployment.grantChecks.called(this, identity.role().arn(), identity.sessionName());
        deployment.checks.called(this, identity, callBegun);
        return deployment.sts.answer(identity, callBegun, this);
    }

    // ---- hosts

    @Override
    public boolean deliver(MesosAgentId host, Delivery delivery) {
        return streams.deliver(host, delivery);
    }

    @Override
    public void claimedByAnother(MesosAgentId host, long epoch) {
        streams.lost(host, epoch);
    }

    @Override
    public void connectAgain(MesosAgentId host, long epoch) {
        streams.connectAgain(host, epoch);
    }

    void receive(Stream stream, String frame) {
        if (runs) {
            streams.receive(stream, frame);
            wake();
        }
    }

    /** The agent has ended the stream, or is silent. */
    void closed(Stream stream) {
        if (runs) {
            streams.closed(stream);
            wake();
        }
    }

    /** The process ends at once. */
    void crash() {
        runs = false;
        watch.cut();
        streams.crash();
    }

    List<Lease> live() {
        return reconciler.overview().leases().stream().filter(Lease::isLive).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
