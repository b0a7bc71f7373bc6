package io.mesosiam.lease;

import io.mesosiam.mesos.Launch;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The round that looks at everything, in case an event was lost, and lets go of what nobody needs. Not for several threads
 * at once.
 */
final class FullPass {
    private final Memory memory;
    private final WorkQueue<Launch> queue;
    private final Duration period;
    private final RandomGenerator random;
    private Optional<Instant> next = Optional.empty();

    /** Ended launches without a lease at the last pass. */
    private Set<Launch> settled = Set.of();

    FullPass(Memory memory, WorkQueue<Launch> queue, Duration period, RandomGenerator random) {
        this.memory = memory;
        this.queue = queue;
        this.period = period;
        this.random = random;
    }

    /** When the next is due; the first is at once. */
    Optional<Instant> next() {
        return next;
    }

    /** The time was moved: what was planned by the former one is planned again. */
    void restart() {
        next = Optional.empty();
    }

    boolean isDue(Instant now) {
        return next.map(at -> !now.isBefore(at)).orElse(true);
    }

    /**
     * Marks every launch, each for a random moment until the next pass.
     *
     * @return those that had ended and had no lease at this pass and the last: nothing here holds on to them
     */
    Set<Launch> run(Instant now) {
        next = Optional.of(now.plus(period));
        memory.launches().rebuild();
        memory.launches().prune(memory.leases().launches());
        memory.heldBack().retain(memory.leases().identities());
        memory.refusals().prune(memory.everyLaunch());
        memory.waits().prune(memory.everyLaunch());
        memory.hosts().prune(memory.everyHost(), memory.leases()::containersOn);
        Set<Launch> over = new HashSet<>();
        for (Launch launch : memory.everyLaunch()) {
            Duration delay = Duration.ofMillis(random.nextLong(Math.max(1, period.toMillis())));
            queue.mark(launch, now.plus(delay), false);
            if (memory.launches().end(launch).isPresent()
                    && memory.leases().of(launch).isEmpty()) {
                over.add(launch);
            }
        }
        Set<Launch> forgotten = new HashSet<>(over);
        forgotten.retainAll(settled);
        settled = over;
        return forgotten;
    }
}
