package io.mesosiam.channel;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.AgentTable;
import io.mesosiam.ownership.ClaimAttempt.Result;
import io.mesosiam.postgres.WriteFailure;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Records that hosts have no stream here any more. What the database doesn't take in time is recorded later, unless the host
 * has come back, which is claimed anew: its row must not say for good that this controller serves it.
 */
final class StreamEnds {
    private static final Result.Failed UNANSWERED = new Result.Failed(WriteFailure.AWAY, "no answer in time");

    private static final int TIMES_ASKED = 5;

    private final AgentTable table;
    private final Predicate<MesosAgentId> isServed;

    /** The epochs of the streams whose ends are not recorded. */
    private final Map<MesosAgentId, Long> left = new ConcurrentHashMap<>();

    /** The epochs of the streams of this controller's earlier process; empty if their ends are recorded. */
    private volatile Optional<Map<MesosAgentId, Long>> former = Optional.empty();

    private final AtomicBoolean underWay = new AtomicBoolean();

    /** @param isServed whether a host has a stream here whose claim is recorded */
    StreamEnds(AgentTable table, Predicate<MesosAgentId> isServed) {
        this.table = table;
        this.isServed = isServed;
    }

    /**
     * Records the end of the stream of this epoch. Waits for the ends of others, so it is not called under a host's lock.
     */
    Result record(MesosAgentId host, long epoch) {
        Result result =
                isServed.test(host) ? new Result.NotWanted() : table.release(host, epoch, () -> !isServed.test(host));
        if (failure(result).isPresent()) {
            left.merge(host, epoch, Math::max);
        } else {
            left.computeIfPresent(host, (_, other) -> other > epoch ? other : null);
        }
        return result;
    }

    /**
     * Records that the streams of this controller's earlier process have ended. Before the first stream.
     *
     * @return why it is not recorded yet
     */
    Optional<Result.Failed> recordFormer() {
        // later is too late: hosts that have connected again would be among them
        for (int i = 0; i < TIMES_ASKED && former.isEmpty(); i++) {
            former = table.connected();
        }
        return former.isEmpty() ? Optional.of(UNANSWERED) : failure(recordFormerAgain());
    }

    private Result recordFormerAgain() {
        Result result = former.map(table::releaseAll).orElseGet(Result.NotWanted::new);
        if (failure(result).isEmpty()) {
            former = Optional.empty();
        }
        return result;
    }

    /** Why an end is not recorded; empty if it is, or need not be. */
    static Optional<Result.Failed> failure(Result result) {
        return switch (result) {
            case Result.Answered _, Result.NotWanted _ -> Optional.empty();
            case Result.Failed failed -> Optional.of(failed);
            case Result.Late _, Result.NotSent _ -> Optional.of(UNANSWERED);
        };
    }

    /** Records the ends that are left. Ends early if the database is away, or if it is called while it runs. */
    void again() {
        if (underWay.compareAndSet(false, true)) {
            try {
                boolean away = isAway(recordFormerAgain());
                for (var end = left.entrySet().iterator(); end.hasNext() && !away; ) {
                    Map.Entry<MesosAgentId, Long> next = end.next();
                    away = isAway(record(next.getKey(), next.getValue()));
                }
            } finally {
                underWay.set(false);
            }
        }
    }

    /** Not if there is no answer: another transaction may have locked that row alone. */
    private static boolean isAway(Result result) {
        return result instanceof Result.Failed failed && failed.failure() == WriteFailure.AWAY;
    }
}
