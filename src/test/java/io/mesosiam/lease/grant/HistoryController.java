package io.mesosiam.lease.grant;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.reconcile.Dependencies;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.lease.reconcile.Steps;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.model.ClusterEvent;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** One controller: its own view of the cluster and of the rows, its reconciler, and the writes that it has not made yet. */
final class HistoryController implements GrantRows, Decider {
    final int number;
    final Reconciler reconciler;
    final FollowedGrants followed;
    /** What the masters have reported and this controller has not taken in. */
    final Deque<ClusterEvent> events = new ArrayDeque<>();

    final Set<LeaseId> seenReaped = new HashSet<>();
    /** Launches of which it has learned that they have ended. */
    final Set<TaskContainer> seenEnded = new HashSet<>();

    /** The grants that decisions use. */
    GrantSet used = GrantSet.EMPTY;

    private final GrantDeployment deployment;
    private final Random random;
    /** The launches that writes bind grants to, or that have had them. */
    private final Map<Write, TaskContainer> writes = new LinkedHashMap<>();

    private final Set<TaskContainer> overOnceBound = new HashSet<>();
    private ClusterModel model;
    private PolicySet set;
    private Grants inForce = Grants.NONE;
    private long oldest = GrantTableInMemory.NEVER_READ;

    private record Write(UUID grant, String what) {}

    HistoryController(int number, GrantDeployment deployment, long seed) {
        this.number = number;
        this.deployment = deployment;
        this.random = new Random(seed);
        this.followed = new FollowedGrants(deployment.clock);
        List<Lease> live = deployment.tables.live();
        this.model = ClusterModel.startingWith(live.stream()
                .map(lease -> new KnownLaunch(lease.launch(), lease.container(), lease.witnessed()))
                .distinct()
                .toList());
        this.set = deployment.policies();
        this.reconciler = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        this,
                        deployment.sts,
                        (host, delivery) -> deployment.deliver(this, host, delivery),
                        deployment.tables,
                        this,
                        deployment.sts,
                        deployment.clock,
                        new Random(seed),
                        _ -> {}),
                deployment.tables.journal());
        readAll();
        Steps.restore(reconciler, live);
    }

    ClusterState state() {
        return model.state();
    }

    /** Takes in the oldest event. */
    void next() {
        apply(events.remove());
    }

    void apply(ClusterEvent event) {
        ClusterModel.Change change = model.apply(event, reconciler.running());
        model = change.model();
        change.touched().stream()
                .flatMap(launch -> model.state().launch(launch).stream())
                .filter(launched -> launched.end().isPresent())
                .flatMap(launched -> launched.task().inContainer().stream())
                .forEach(seenEnded::add);
        Set<Launch> hinted = new HashSet<>(change.touched());
        hinted.removeIf(_ -> deployment.hintsAreLost && random.nextInt(5) == 0);
        Set<Launch> unneeded = reconciler.changed(model.state(), hinted);
        if (!unneeded.isEmpty()) {
            apply(new ClusterEvent.Forgotten(unneeded));
        }
    }

    /** The host's agent reports the end of a container. */
    void ended(MesosAgentId host, ContainerId container) {
        reconciler
                .containers(host, Map.of(), Set.of(container))
                .ends()
                .forEach((launch, end) -> apply(new ClusterEvent.EndObserved(launch, end)));
    }

    void policiesChanged() {
        set = deployment.policies().withGrants(inForce);
        reconciler.policies().changed(1);
    }

    /** The poll. */
    void readAll() {
        if (!deployment.grants.away) {
            deployment.grants.expire(deployment.clock.instant());
            GrantTableInMemory.Read read = deployment.grants.read(oldest, true);
            oldest = read.oldest();
            followed.takeAll(read.rows(), this::accept);
        }
    }

    /** A notification. */
    void readChanged() {
        if (!deployment.grants.away) {
            GrantTableInMemory.Read read = deployment.grants.read(oldest, false);
            oldest = read.oldest();
            followed.takeChanged(read.rows(), this::accept);
        }
    }

    private void accept(GrantSet newest, GrantedTasks concerned) {
        if (deployment.listenersFail) {
            throw new IllegalStateException("the listener fails");
        }
        used = newest;
        inForce = followed.inForce(newest);
        set = deployment.policies().withGrants(inForce);
        reconciler.policies().grantsChanged(concerned);
    }

    @Override
    public Map<CredentialName, Decision> decide(Subject subject) {
        return set.outcomes(subject);
    }

    @Override
    public Set<PolicyId> contested(Subject subject) {
        return set.contested(subject);
    }

    @Override
    public Optional<String> over(PolicyId grant) {
        return inForce.over(grant);
    }

    @Override
    public void bind(PolicyId grant, TaskContainer launch) {
        writes.putIfAbsent(new Write(grant.value(), "bind"), launch);
    }

    @Override
    public void suspend(PolicyId grant, TaskContainer second, Predicate<TaskContainer> hasEnded) {
        followed.current()
                .find(grant.value())
                .map(LaunchGrant::state)
                .flatMap(LaunchGrant.State::holder)
                .ifPresent(first ->
                        writes.putIfAbsent(new Write(grant.value(), hasEnded.test(first) ? "end" : "suspend"), first));
    }

    @Override
    public void ended(TaskContainer launch) {
        followed.ended(launch).forEach(grant -> writes.putIfAbsent(new Write(grant, "end"), launch));
        writes.forEach((write, to) -> {
            if (write.what().equals("bind") && to.equals(launch)) {
                overOnceBound.add(launch);
            }
        });
    }

    /** Makes one write, unless there is no database or another transaction has the row. */
    void writeOne() {
        List<Write> possible = writes.keySet().stream()
                .filter(write -> !deployment.grants.away && !deployment.grants.isLocked(write.grant()))
                .toList();
        if (!possible.isEmpty()) {
            write(possible.get(random.nextInt(possible.size())));
        }
    }

    private void write(Write write) {
        TaskContainer launch = Objects.requireNonNull(writes.remove(write));
        switch (write.what()) {
            case "bind" -> deployment.grants.bind(write.grant(), launch, deployment.clock.instant());
            case "suspend" -> deployment.grants.suspend(write.grant(), "two launches claim it");
            default -> deployment.grants.endWithTask(write.grant(), launch);
        }
        if (write.what().equals("bind") && overOnceBound.contains(launch)) {
            writes.put(new Write(write.grant(), "end"), launch);
        }
    }

    int unwritten() {
        return writes.size();
    }

    @Override
    public String toString() {
        return "C" + number;
    }
}
