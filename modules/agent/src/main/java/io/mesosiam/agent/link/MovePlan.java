package io.mesosiam.agent.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where and when the host moves, by the plan of its dials. */
final class MovePlan {
    private static final System.Logger LOG = System.getLogger(MovePlan.class.getName());

    /** The shortest time between two tries to move when the controller asks for it. */
    private static final Duration AGAIN = Duration.ofMillis(300);

    private final ReentrantLock lock;

    @GuardedBy("lock")
    private final DialPlan plan;

    private final Duration away;
    private final Supplier<Instant> now;

    /**
     * @param lock of the plan, which is its link's
     * @param away see {@link LinkTiming}
     */
    MovePlan(ReentrantLock lock, DialPlan plan, Duration away, Supplier<Instant> now) {
        this.lock = lock;
        this.plan = plan;
        this.away = away;
        this.now = now;
    }

    /** How long a stream to this controller works before the host tries to return to another one; empty for the first. */
    Optional<Duration> returnAfter(URI controller) {
        return planned(its -> its.isFirst(controller) ? Optional.empty() : Optional.of(its.between(away)));
    }

    /** The wait of a host that this controller has asked to move. */
    Duration wait(OpenStream asked) {
        return planned(its -> {
            asked.stay(now.get()).ifPresent(stay -> its.stayed(asked.controller(), stay, now.get()));
            its.askedToMove(asked.controller(), now.get());
            return its.jitter(asked.askedWithin().orElse(Duration.ZERO)).plus(its.beforeMove(asked.controller()));
        });
    }

    /** The controllers to try, in this order. */
    List<URI> targets(OpenStream from) {
        return planned(its -> from.askedWithin().isPresent()
                ? its.others(from.controller(), now.get())
                : its.preferredTo(from.controller(), now.get()));
    }

    /** The time until the next try. */
    Duration pause(OpenStream from) {
        return planned(its -> its.between(from.askedWithin().isPresent() ? AGAIN : away));
    }

    /** A second stream has ended before it took over. */
    void failed(OpenStream beside, StreamEnd end) {
        LOG.log(
                Level.INFO,
                "host not moved, its stream goes on controller={0} reason={1}",
                beside.controller(),
                end.reason());
        lock.lock();
        try {
            plan.ended(beside.controller(), false, end, now.get());
            if (beside.isGreeted() && end.isAfterClaim()) {
                plan.stayed(beside.controller(), Duration.ZERO, now.get());
            }
        } finally {
            lock.unlock();
        }
    }

    private <T> T planned(Function<DialPlan, T> question) {
        lock.lock();
        try {
            return question.apply(plan);
        } finally {
            lock.unlock();
        }
    }
}
