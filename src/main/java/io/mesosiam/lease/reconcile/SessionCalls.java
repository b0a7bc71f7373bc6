package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * The requests for sessions. At most {@code limit} run at a time; those that a task waits for run before renewals; a
 * request is cancelled if its lease ends before it starts. The owner's lock guards this class; only the calls
 * themselves run on other threads, and report to the sink.
 */
final class SessionCalls {
    private static final Logger LOG = Logger.getLogger(SessionCalls.class);

    private final SessionSource source;
    private final Executor executor;
    private final int limit;
    private final Sink sink;
    private final PriorityQueue<Call> waiting = new PriorityQueue<>(
            Comparator.comparing((Call call) -> !call.urgent).thenComparingLong(Call::ticket));
    private final Map<LeaseId, Call> queued = new HashMap<>();
    private final Map<String, Set<LeaseId>> urgentByIdentity = new HashMap<>();
    private final Set<LeaseId> running = new HashSet<>();
    private long ticket;
    private boolean starting;

    /** Receives answers. It must call {@link SessionCalls#answered} under the owner's lock. */
    @FunctionalInterface
    interface Sink {
        void answered(LeaseId lease, String identityHash, SessionOutcome outcome);
    }

    private record Call(LeaseId lease, SessionIdentity identity, String hash, boolean urgent, long ticket) {}

    /** @param executor runs the calls, which block */
    SessionCalls(SessionSource source, Executor executor, int limit, Sink sink) {
        this.source = source;
        this.executor = executor;
        this.limit = limit;
        this.sink = sink;
    }

    void request(LeaseId lease, SessionIdentity identity, boolean urgent) {
        Call call = new Call(lease, identity, identity.hash(), urgent, ++ticket);
        queued.put(lease, call);
        waiting.add(call);
        if (urgent) {
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
        return dequeue(lease).map(waiting::remove).orElse(false);
    }

    private Optional<Call> dequeue(LeaseId lease) {
        Optional<Call> call = Optional.ofNullable(queued.remove(lease));
        call.ifPresent(known -> urgentByIdentity.computeIfPresent(known.hash, (_, leases) -> {
            leases.remove(lease);
            return leases.isEmpty() ? null : leases;
        }));
        return call;
    }

    /**
     * Cancels the calls for an identity that a task waits for and that have not started.
     *
     * @return their leases
     */
    List<LeaseId> cancelWaiting(String identityHash) {
        Set<LeaseId> leases =
                Optional.ofNullable(urgentByIdentity.remove(identityHash)).orElse(Set.of());
        if (!leases.isEmpty()) {
            queued.keySet().removeAll(leases);
            // In one pass, because many tasks can share an identity.
            waiting.removeIf(call -> leases.contains(call.lease));
        }
        return List.copyOf(leases);
    }

    void answered(LeaseId lease) {
        running.remove(lease);
        start();
    }

    int inFlight() {
        return running.size();
    }

    int queued() {
        return waiting.size();
    }

    private void start() {
        if (starting) {
            // The outer invocation continues until no call can start.
            return;
        }
        starting = true;
        try {
            while (running.size() < limit && !waiting.isEmpty()) {
                Call call = waiting.remove();
                dequeue(call.lease);
                start(call);
            }
        } finally {
            starting = false;
        }
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
