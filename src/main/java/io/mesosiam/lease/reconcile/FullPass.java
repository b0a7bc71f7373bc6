package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.Launch;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Periodically checks every launch, in case an event was lost, and removes state that is no longer needed. Not
 * thread-safe.
 */
final class FullPass {
    private final ReconcilerState tracked;
    private final WorkQueue<Launch> queue;
    private final Duration period;
    private final RandomGenerator random;
    private final ForgottenTasks forgottenTasks;
    private Optional<Instant> next = Optional.empty();

    /** Ended launches that had no lease at the last pass. */
    private Set<Launch> settled = Set.of();

    /**
     * What a pass found.
     *
     * @param unneeded launches that had ended and had no lease both at this pass and at the previous one; the reconciler
     *     no longer needs them
     * @param forgotten refusals of launches that are no longer known; the hosts' agents still answer with them
     * @param over leases of tasks that were forgotten both at this pass and at the previous one
     */
    record Findings(Set<Launch> unneeded, List<Refusal> forgotten, List<ManagedLease> over) {}

    FullPass(ReconcilerState tracked, WorkQueue<Launch> queue, Duration period, RandomGenerator random) {
        this.tracked = tracked;
        this.queue = queue;
        this.period = period;
        this.random = random;
        this.forgottenTasks = new ForgottenTasks(tracked);
    }

    /** When the next pass is due; empty before the first, which is due at once. */
    Optional<Instant> next() {
        return next;
    }

    /** Makes a pass due now, because the clock was corrected and the planned time is void. */
    void restart() {
        next = Optional.empty();
        forgottenTasks.restart();
    }

    boolean isDue(Instant now) {
        return next.map(at -> !now.isBefore(at)).orElse(true);
    }

    /** Marks every launch, each for a random moment before the next pass. */
    Findings run(Instant now) {
        next = Optional.of(now.plus(period));
        tracked.launches().rebuild();
        tracked.launches().prune(tracked.leases().launches(), tracked.hosts()::isAlive);
        tracked.backoff().retain(tracked.leases().identities());
        List<Refusal> forgotten = tracked.refusals().prune(tracked.everyLaunch());
        tracked.waits().prune(tracked.everyLaunch());
        tracked.hosts().prune(tracked.everyHost(), tracked.leases()::containersOn);
        Set<Launch> over = new HashSet<>();
        for (Launch launch : tracked.everyLaunch()) {
            Duration delay = Duration.ofMillis(random.nextLong(Math.max(1, period.toMillis())));
            queue.mark(launch, now.plus(delay), false);
            if (tracked.launches().end(launch).isPresent()
                    && tracked.leases().of(launch).isEmpty()) {
                over.add(launch);
            }
        }
        Set<Launch> unneeded = new HashSet<>(over);
        unneeded.retainAll(settled);
        settled = over;
        return new Findings(unneeded, forgotten, forgottenTasks.find(now));
    }
}
