package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.Launch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Periodically checks every launch, in case an event was lost, and removes state that is no longer needed. A pass runs in
 * parts, between which new tasks are served: with 100,000 launches a whole one takes more than a second. Not thread-safe.
 */
final class FullPass {
    /** Launches that one part marks. */
    static final int BATCH = 1_000;

    private final ReconcilerState tracked;
    private final WorkQueue<Launch> queue;
    private final Duration period;
    private final RandomGenerator random;
    private final ForgottenTasks forgottenTasks;
    private Optional<Instant> next = Optional.empty();

    /** The parts that the pass under way has left. */
    private final Queue<Runnable> left = new ArrayDeque<>();

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
        left.clear();
        forgottenTasks.restart();
    }

    /** Whether a part of a pass is due. */
    boolean isDue(Instant now) {
        return isUnderWay() || next.map(at -> !now.isBefore(at)).orElse(true);
    }

    /** Whether a pass has parts left. */
    boolean isUnderWay() {
        return !left.isEmpty();
    }

    /**
     * Runs the next part of the pass that is due, and begins one if none is under way. A pass marks every launch, each for a
     * random moment before the next pass.
     *
     * @return what the pass found, after its last part; only then is it as the state is now
     */
    Optional<Findings> part(Instant now) {
        if (left.isEmpty()) {
            next = Optional.of(now.plus(period));
            left.add(tracked.launches()::rebuild);
            left.add(() -> tracked.launches().prune(tracked.leases().launches(), tracked.hosts()::isAlive));
            left.add(() -> tracked.backoff().retain(tracked.leases().identities()));
            left.add(() -> tracked.waits().prune(tracked.everyLaunch()));
            left.add(() -> tracked.started().prune(tracked.everyLaunch()));
            left.add(() -> tracked.hosts().prune(tracked.everyHost(), tracked.leases()::containersOn));
            left.add(() -> addBatches(List.copyOf(tracked.everyLaunch()), now));
        }
        left.remove().run();
        return left.isEmpty() ? Optional.of(findings(now)) : Optional.empty();
    }

    private void addBatches(List<Launch> launches, Instant now) {
        for (int from = 0; from < launches.size(); from += BATCH) {
            List<Launch> batch = launches.subList(from, Math.min(launches.size(), from + BATCH));
            left.add(() -> batch.forEach(launch -> mark(launch, now)));
        }
    }

    private void mark(Launch launch, Instant now) {
        Duration delay = Duration.ofMillis(random.nextLong(Math.max(1, period.toMillis())));
        queue.mark(launch, now.plus(delay), false);
    }

    private Findings findings(Instant now) {
        Set<Launch> every = tracked.everyLaunch();
        Set<Launch> over = every.stream()
                .filter(launch -> tracked.launches().end(launch).isPresent()
                        && tracked.leases().of(launch).isEmpty())
                .collect(Collectors.toSet());
        Set<Launch> unneeded = new HashSet<>(over);
        unneeded.retainAll(settled);
        settled = over;
        return new Findings(unneeded, tracked.refusals().prune(every), forgottenTasks.find(now));
    }
}
