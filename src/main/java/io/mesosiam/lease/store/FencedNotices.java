package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * Notices of fenced writes to the listener. The listener's exceptions are counted and not treated as failures of the
 * database, because the other entries have been written.
 */
final class FencedNotices {
    private static final Logger LOG = Logger.getLogger(FencedNotices.class);

    private final AtomicLong failures = new AtomicLong();
    private volatile BiConsumer<MesosAgentId, Long> listener = (_, _) -> {};

    void set(BiConsumer<MesosAgentId, Long> listener) {
        this.listener = listener;
    }

    /** Number of failures of the listener since the start. */
    long failures() {
        return failures.get();
    }

    void send(JournalWriter.Fenced fenced) {
        try {
            listener.accept(fenced.host(), fenced.epoch());
        } catch (RuntimeException | Error e) {
            failures.incrementAndGet();
            LOG.errorf(
                    "fenced listener failed mesosAgentId=%s failure=%s",
                    fenced.host(), e.getClass().getName());
            LOG.debug("fenced listener failed", e);
        }
    }
}
