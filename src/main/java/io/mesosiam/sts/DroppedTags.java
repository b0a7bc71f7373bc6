package io.mesosiam.sts;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.lease.SessionIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Remembers how many of an identity's droppable tags STS had no space for, so that its renewals take one call each. It
 * keeps the {@value #MOST} identities that were used last; a forgotten one costs a few refused calls.
 */
final class DroppedTags {
    private static final Logger LOG = Logger.getLogger(DroppedTags.class);
    private static final int MOST = 10_000;

    @GuardedBy("this")
    private final Map<String, Integer> counts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST;
        }
    };

    /** Returns the keys that are left out of the next request. */
    synchronized List<String> of(SessionIdentity identity) {
        List<String> droppable = identity.droppableTags();
        return droppable.isEmpty() ? droppable : droppable.subList(0, counts.getOrDefault(identity.hash(), 0));
    }

    /**
     * Records that STS refused the size of a request without the tags {@code dropped}.
     *
     * @return whether another tag can be dropped
     */
    synchronized boolean dropAnother(SessionIdentity identity, List<String> dropped) {
        List<String> droppable = identity.droppableTags();
        if (dropped.size() == droppable.size()) {
            return false;
        }
        counts.merge(identity.hash(), dropped.size() + 1, Math::max);
        LOG.warnf(
                "session tag dropped, STS finds the tags too large iamRoleArn=%s sessionName=%s key=%s",
                identity.role(), identity.sessionName(), droppable.get(dropped.size()));
        return true;
    }
}
