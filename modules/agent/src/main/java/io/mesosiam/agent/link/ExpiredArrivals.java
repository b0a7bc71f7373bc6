package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.AgentMessage.Nack;
import io.mesosiam.channel.wire.ControllerMessage.Entry;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Sessions that had already expired on arrival. A controller sends only sessions that have time left by its clock, so
 * one of the two clocks is wrong. It is logged once per lease until a valid session for the lease arrives; the
 * controller gets a reply each time. The lease store's lock guards it.
 */
final class ExpiredArrivals {
    private static final System.Logger LOG = System.getLogger(ExpiredArrivals.class.getName());
    private static final int MAX_LEASES = 1024;

    /** Leases whose newest session had expired. Bounded, since the controller may never name them again. */
    private final Set<String> leases = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_LEASES;
        }
    });

    private long count;

    /** Counts and logs a session, and returns the reply. */
    Nack dropped(Entry.Served served, Instant now) {
        String message = "the session ended at " + served.session().expiration() + ", and this host's clock shows "
                + now.truncatedTo(ChronoUnit.SECONDS) + ": one of the two clocks is wrong";
        count++;
        if (leases.add(served.leaseId())) {
            LOG.log(
                    Level.WARNING,
                    "session dropped on arrival leaseId={0} containerId={1} reason={2}",
                    served.leaseId(),
                    served.containerId().orElse(""),
                    message);
        }
        return new Nack(served.leaseId(), served.revision(), "SessionExpired", message);
    }

    /** Forgets a lease, because a valid session has arrived or the lease was removed. */
    void forget(String leaseId) {
        leases.remove(leaseId);
    }

    /** The sessions dropped since the start. */
    long count() {
        return count;
    }
}
