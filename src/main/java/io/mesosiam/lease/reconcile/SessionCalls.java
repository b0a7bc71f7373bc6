package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.lease.SessionSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * The asks for sessions: so many at a time, those that a task waits for before renewals, and none for a lease that ended
 * before its turn. Its owner guards it; only the calls themselves run elsewhere, and their answers come in by the sink.
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
    private final Set<LeaseId> running = new HashSet<>();
    private long ticket;
    private boolean starting;

    /** Where answers go; it must call {@link SessionCalls#answered} under the owner's lock. */
    @FunctionalInterface
    interface Sink {
        void answered(LeaseId lease, String identityHash, SessionOutcome outcome);
    }

    private record Call(LeaseId lease, SessionIdentity identity, boolean urgent, long ticket) {}

    /** @param executor runs the calls, which block */
    SessionCalls(SessionSource source, Executor executor, int limit, Sink sink) {
        this.source = source;
        this.executor = executor;
        this.limit = limit;
        this.sink = sink;
    }

    void ask(LeaseId lease, SessionIdentity identity, boolean urgent) {
        Call call = new Call(lease, identity, urgent, ++ticket);
        queued.put(lease, call);
        waiting.add(call);
        start();
    }

    /** Whether the call had not begun and never will. */
    boolean cancel(LeaseId lease) {
        return Optional.ofNullable(queued.remove(lease)).map(waiting::remove).orElse(false);
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
            // the outer one goes on until nothing can start
            return;
        }
        starting = true;
        try {
            while (running.size() < limit && !waiting.isEmpty()) {
                Call call = waiting.remove();
                queued.remove(call.lease);
                start(call);
            }
        } finally {
            starting = false;
        }
    }

    /** A call that can't be started, for want of a thread for example, is answered at once: otherwise it would hold its place for good. */
    private void start(Call call) {
        running.add(call.lease);
        try {
            executor.execute(() -> sink.answered(call.lease, call.identity.hash(), outcome(call)));
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "a call to STS can't be started leaseId=%s", call.lease);
            running.remove(call.lease);
            sink.answered(
                    call.lease,
                    call.identity.hash(),
                    new SessionOutcome.Unavailable("internal error, see the log", Optional.empty()));
        }
    }

    private SessionOutcome outcome(Call call) {
        try {
            return source.session(call.identity, call.urgent);
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "asking for a session went wrong leaseId=%s", call.lease);
            return new SessionOutcome.Unavailable("internal error, see the log", Optional.empty());
        }
    }
}
