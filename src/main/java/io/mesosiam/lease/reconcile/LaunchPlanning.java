package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.HeldReport;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeaseAction;
import io.mesosiam.lease.plan.LeasePlan;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Plans and acts for one launch at a time: takes a launch from the queue, reads its {@link LaunchView}, plans, performs
 * the plan and records the outcome. A failure of one launch or action doesn't stop the others. Not thread-safe.
 */
final class LaunchPlanning {
    private static final Logger LOG = Logger.getLogger(LaunchPlanning.class);

    private final ReconcilerState tracked;
    private final WorkQueue<Launch> queue;
    private final LaunchViews views;
    private final LeasePlanner planner;
    private final LeaseActions actions;
    private final AuditTrail trail;
    private final GrantRows grants;
    private final Loop loop;
    private final InstantSource clock;
    private final LeaseSteps steps;

    /** @param loop counts the failures */
    LaunchPlanning(
            ReconcilerState tracked,
            WorkQueue<Launch> queue,
            LaunchViews views,
            LeasePlanner planner,
            LeaseActions actions,
            AuditTrail trail,
            GrantRows grants,
            Loop loop,
            InstantSource clock,
            LeaseSteps steps) {
        this.tracked = tracked;
        this.queue = queue;
        this.views = views;
        this.planner = planner;
        this.actions = actions;
        this.trail = trail;
        this.grants = grants;
        this.loop = loop;
        this.clock = clock;
        this.steps = steps;
    }

    /**
     * Marks launches that have to be planned now. Those on hosts whose agents are not connected here are routine work: nothing
     * can be given there, and all of a host's launches are planned when its agent connects.
     */
    void mark(Collection<Launch> launches) {
        Instant now = clock.instant();
        launches.forEach(launch -> queue.mark(launch, now, isOfConnectedHost(launch)));
    }

    /**
     * Marks launches as the cluster state shows them now. Those that have what they need are routine work: the first state
     * shows a hundred thousand, and a new task must not wait for them.
     */
    void markShown(Collection<Launch> launches) {
        Instant now = clock.instant();
        // the order matters: whether a launch has what it needs takes a decision
        launches.forEach(launch -> queue.mark(launch, now, isOfConnectedHost(launch) && !isSettled(launch)));
    }

    private boolean isOfConnectedHost(Launch launch) {
        return tracked.hosts().isConnected(launch.key().agent());
    }

    /**
     * Whether a running launch has leases that are bound to its container, or needs none, as one whose container is served
     * under the lease of another of its tasks.
     */
    private boolean isSettled(Launch launch) {
        return tracked.launches().end(launch).isEmpty()
                && !lacksFirstLease(launch)
                && (tracked.launches().container(launch).isEmpty()
                        || tracked.leases().of(launch).values().stream()
                                .allMatch(kept -> kept.lease().container().isPresent()));
    }

    /** Marks launches that have to be planned now, after those that are marked by {@link #mark}. */
    void markRoutine(Collection<Launch> launches) {
        Instant now = clock.instant();
        launches.forEach(launch -> queue.mark(launch, now, false));
    }

    /** Whether a launch is due that comes before routine work. */
    boolean isUrgent() {
        return queue.isUrgent(clock.instant());
    }

    /** When the next launch is due, or {@code other} if that is earlier. */
    Optional<Instant> nextDue(Optional<Instant> other) {
        return WorkQueue.earlier(queue.nextDue(), other);
    }

    /** The launches that will be planned. */
    LeaseOverview.Queue queue() {
        Instant now = clock.instant();
        Duration lag = queue.nextDue()
                .map(due -> Duration.between(due, now))
                .filter(Duration::isPositive)
                .orElse(Duration.ZERO);
        return new LeaseOverview.Queue(queue.size(), queue.due(now), lag);
    }

    /**
     * Plans the next launch that is due.
     *
     * @return whether a launch was due
     */
    boolean next(Instant now) {
        Optional<Launch> due = queue.next(now);
        due.ifPresent(launch -> {
            boolean succeeded = false;
            try {
                succeeded = run(launch);
            } finally {
                // A launch that stays marked as in work is never planned again.
                leave(launch, succeeded, now);
            }
        });
        return due.isPresent();
    }

    private void leave(Launch launch, boolean succeeded, Instant now) {
        if (succeeded) {
            queue.done(launch);
        } else {
            queue.failed(launch, now);
        }
        int failing = queue.failing();
        loop.partly(
                failing == 0 ? Optional.empty() : Optional.of("launches that fail and are tried again: " + failing));
    }

    /**
     * Plans these launches before the next one of the queue, and no more for earlier marks; those that fail are marked. Those
     * that have ended and have nothing left are not planned.
     */
    void runNow(Collection<Launch> launches) {
        Instant now = clock.instant();
        List<Launch> planned = launches.stream().filter(tracked::isPlanned).toList();
        planned.forEach(launch -> queue.fulfil(launch, now));
        mark(planned.stream().filter(launch -> !run(launch)).toList());
    }

    /** Whether policies give one of these launches a lease, and neither it nor another task of its container has it. */
    boolean lackFirstLeases(Collection<Launch> launches) {
        return launches.stream().anyMatch(this::lacksFirstLease);
    }

    private boolean lacksFirstLease(Launch launch) {
        return tracked.launches().end(launch).isEmpty()
                && tracked.leases().of(launch).isEmpty()
                && isUnserved(launch);
    }

    /** A failed decision is logged by the launch's plan. */
    private boolean isUnserved(Launch launch) {
        try {
            return views.isUnserved(launch);
        } catch (RuntimeException | Error e) {
            loop.failedPart(e);
            return false;
        }
    }

    /**
     * Settles which leases in rows of other controllers are of these launches, before any of them is planned: the plan for a
     * launch that has ended ends the leases under its number.
     */
    void settle(Collection<Launch> launches) {
        settle(launches, Set.of());
    }

    /** @param gone containers whose end a host's agent has just reported */
    void settle(Collection<Launch> launches, Set<ContainerId> gone) {
        Instant now = clock.instant();
        launches.forEach(launch -> mark(actions.settle(launch, gone, now)));
    }

    /** Ends leases of {@link ForgottenTasks}. */
    void endForgotten(Collection<ManagedLease> leases) {
        Instant now = clock.instant();
        leases.forEach(kept -> mark(actions.endForgotten(kept, now)));
    }

    /** Continues a lease whose row another controller has ended. */
    void continueEnded(LeaseId lease) {
        try {
            mark(actions.continueEnded(lease, clock.instant()));
        } catch (RuntimeException | Error e) {
            loop.failedPart(e);
            LOG.errorf(e, "lease not continued leaseId=%s", lease);
        }
    }

    /**
     * Lets launches continue sessions that their host's agent holds under leases that are not known here. The next plan
     * treats the leases that this makes like any other. A lease that policies no longer give ends, as another controller may
     * have ended it before.
     */
    void continueHeld(Collection<Launch> launches, HeldReport held) {
        if (!held.hasUnclaimed()) {
            return;
        }
        // the lease of a task that has ended may have the place
        runNow(launches.stream().filter(this::isOver).toList());
        Instant now = clock.instant();
        for (Launch launch : launches) {
            if (tracked.launches().end(launch).isPresent()) {
                continue;
            }
            try {
                continueHeld(views.of(launch, now), held);
            } catch (RuntimeException | Error e) {
                loop.failedPart(e);
                LOG.errorf(e, "adoption failed launch=%s", launch);
            }
        }
    }

    /** Whether a launch has ended, and its leases have not. */
    private boolean isOver(Launch launch) {
        return tracked.launches().end(launch).isPresent()
                && !tracked.leases().of(launch).isEmpty();
    }

    private void continueHeld(LaunchView view, HeldReport held) {
        view.desiredLeases().forEach((name, desired) -> {
            if (!isGiven(view.leases().get(name), desired)) {
                LeaseKey key = new LeaseKey(view.launch(), name);
                actions.continueHeld(key, desired.possible(), view.container(), held, view.now());
            }
        });
    }

    private static boolean isGiven(@Nullable ManagedLease kept, DesiredLease desired) {
        if (kept == null) {
            return false;
        }
        Lease lease = kept.lease();
        // while nothing is decided, no session is requested for a lease that has none
        return desired instanceof DesiredLease.Give give
                ? give.hash().equals(lease.identityHash())
                : lease.state().isServed();
    }

    /** {@return whether every action succeeded} */
    private boolean run(Launch launch) {
        steps.planning();
        boolean succeeded = plan(launch);
        steps.planned(launch);
        if (succeeded) {
            tracked.policies().planned(launch);
        } else {
            tracked.policies().failed(launch);
        }
        return succeeded;
    }

    private boolean plan(Launch launch) {
        Instant now = clock.instant();
        try {
            LaunchView view = views.of(launch, now);
            LeasePlan plan = planner.plan(view);
            boolean succeeded = perform(launch, plan, now);
            if (view.end().isPresent()) {
                view.container().map(in -> new TaskContainer(launch.key(), in)).ifPresent(grants::ended);
            }
            Set<CredentialName> leased = tracked.leases().of(launch).keySet();
            tracked.started().planned(launch, plan, leased, view.end().isPresent());
            tracked.waits().update(launch, plan, now).forEach(wait -> trail.waiting(launch, wait));
            WorkQueue.earlier(plan.again(), tracked.waits().nextAudit(launch))
                    .ifPresent(at -> queue.mark(launch, at, false));
            return succeeded;
        } catch (RuntimeException | Error e) {
            loop.failedPart(e);
            LOG.errorf(e, "planning failed launch=%s", launch);
            return false;
        }
    }

    private boolean perform(Launch launch, LeasePlan plan, Instant now) {
        boolean succeeded = true;
        for (LeaseAction action : plan.actions()) {
            try {
                mark(actions.perform(launch, action, now));
            } catch (RuntimeException | Error e) {
                loop.failedPart(e);
                LOG.errorf(e, "lease action failed launch=%s action=%s", launch, action);
                succeeded = false;
            }
        }
        return succeeded;
    }

    /** What is known of the launches in a launch's container, itself included, without decisions. */
    List<LaunchView> container(Launch launch) {
        Instant now = clock.instant();
        return tracked.launches().inContainerOf(launch).stream()
                .map(each -> views.facts(each, now))
                .toList();
    }

    /** The current situation of a launch apart from its leases. Plans it, and performs nothing. */
    Outlook outlook(Launch launch) {
        LaunchView view = views.of(launch, clock.instant());
        return new Outlook(
                view.host().connected(),
                planner.plan(view).waiting(),
                view.withdrawals(),
                List.copyOf(view.refusals().values()));
    }
}
