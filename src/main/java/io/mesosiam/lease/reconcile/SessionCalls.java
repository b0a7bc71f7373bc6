package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.turns.FourthTurn;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * The requests for sessions. At most {@code limit} run at a time; those that a task waits for run before renewals, which are at
 * least every fourth that starts; a request is cancelled if its lease ends before it starts. The owner's lock guards this class; only the calls
 * themselves run on other threads, and report to the sink.
 */
final class SessionCalls {
    private static final Logger LOG = Logger.getLogger(SessionCalls.class);

    private final SessionSource source;
    private final Executor executor;
    private final int limit;
    private final Sink sink;

    /** The calls that have not started, in order of arrival. */
    private final SequencedMap<LeaseId, Call> urgent = new LinkedHashMap<>();

    private final SequencedMap<LeaseId, Call> renewals = new LinkedHashMap<>();
    private final Map<String, Set<LeaseId>> urgentByIdentity = new HashMap<>();
    private final Set<LeaseId> running = new HashSet<>();
    private final FourthTurn turns = new FourthTurn();
    private boolean starting;

    /** Receives answers. It must call {@link SessionCalls#answered} under the owner's lock. */
    @FunctionalInterface
    interface Sink {
        void answered(LeaseId lease, String identityHash, SessionOutcome outcome);
    }

    private record Call(LeaseId lease, SessionIdentity identity, String hash, boolean urgent) {}

    /** @param executor runs the calls, which block */
    SessionCalls(SessionSource source, Executor executor, int limit, Sink sink) {
        this.source = source;
        this.executor = executor;
        this.limit = limit;
        this.sink = sink;
    }

    void request(LeaseId lease, SessionIdentity identity, boolean isUrgent) {
        Call call = new Call(lease, identity, identity.hash(), isUrgent);
        (isUrgent ? urgent : renewals).put(lease, call);
        if (isUrgent) {
            urgentByIdentity
                    .computeIfAbsent(call.hash, _ -> new LinkedHashSet<>())
                    .add(lease);
        }
        start();
    }

    /**
     * Cancels a call that has not started.
     *
     * @return whether it was cancelled
     */
    boolean cancel(LeaseId lease) {
        Call waiting = urgent.remove(lease);
        if (waiting != null) {
            forget(waiting);
        }
        return waiting != null || renewals.remove(lease) != null;
    }

    private void forget(Call call) {
        urgentByIdentity.computeIfPresent(call.hash, (_, leases) -> {
            leases.remove(call.lease);
            return leases.isEmpty() ? null : leases;
        });
    }

    /**
     * Cancels the calls for an identity that a task waits for and that have not started.
     *
     * @return their leases
     */
    List<LeaseId> cancelWaiting(String identityHash) {
        Set<LeaseId> leases =
                Optional.ofNullable(urgentByIdentity.remove(identityHash)).orElse(Set.of());
        leases.forEach(urgent::remove);
        return List.copyOf(leases);
    }

    void answered(LeaseId lease) {
        running.remove(lease);
        start();
    }

    int inFlight() {
        return running.size();
    }

    /** Number of calls that a task waits for and that have not started. */
    int awaited() {
        return urgent.size();
    }

    int queued() {
        return urgent.size() + renewals.size();
    }

    private void start() {
        if (starting) {
            // The outer invocation continues until no call can start.
            return;
        }
        starting = true;
        try {
            while (running.size() < limit && queued() > 0) {
                start(next());
            }
        } finally {
            starting = false;
        }
    }

    private Call next() {
        boolean isUrgent = turns.isUrgent(!urgent.isEmpty(), !renewals.isEmpty());
        turns.taken(isUrgent, !renewals.isEmpty());
        if (!isUrgent) {
            return renewals.pollFirstEntry().getValue();
        }
        Call call = urgent.pollFirstEntry().getValue();
        forget(call);
        return call;
    }

    /**
     * Starts a call. If it can't be started, for instance for lack of a thread, it is answered at once; otherwise it
     * would occupy its slot permanently.
     */
    private void start(Call call) {
        running.add(call.lease);
        try {
            executor.execute(() -> sink.answered(call.lease, call.hash, outcome(call)));
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "sts call not started leaseId=%s", call.lease);
            running.remove(call.lease);
            sink.answered(
                    call.lease,
                    call.hash,
                    new SessionOutcome.Unavailable("internal error, see the log", Optional.empty()));
        }
    }

    private SessionOutcome outcome(Call call) {
        try {
            return source.session(call.identity, call.urgent);
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "session request failed leaseId=%s", call.lease);
            return new SessionOutcome.Unavailable("internal error, see the log", Optional.empty());
        }
    }
}
