package io.mesosiam.lease.store;

import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.MesosAgentId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Notices of fenced writes and ended rows to the listeners. A listener's exceptions are counted and not treated as failures of
 * the database, because the other entries have been written.
 */
final class JournalNotices {
    private static final Logger LOG = Logger.getLogger(JournalNotices.class);

    private final AtomicLong failures = new AtomicLong();
    private volatile BiConsumer<MesosAgentId, Long> onFenced = (_, _) -> {};
    private volatile Consumer<LeaseId> onEnded = _ -> {};

    void onFenced(BiConsumer<MesosAgentId, Long> listener) {
        onFenced = listener;
    }

    void onEnded(Consumer<LeaseId> listener) {
        onEnded = listener;
    }

    /** Number of failures of the listeners since the start. */
    long failures() {
        return failures.get();
    }

    /** Sends what a transaction has found. */
    void send(JournalWriter.Left left) {
        left.fenced().stream().distinct().forEach(fenced -> {
            MesosAgentId host = fenced.host();
            send(() -> onFenced.accept(host, fenced.epoch()), "host " + host);
        });
        left.ended().forEach(lease -> send(() -> onEnded.accept(lease), "lease " + lease));
    }

    private void send(Runnable notice, String about) {
        try {
            notice.run();
        } catch (RuntimeException | Error e) {
            failures.incrementAndGet();
            LOG.errorf(
                    "journal listener failed about=\"%s\" failure=%s",
                    about, e.getClass().getName());
            LOG.debug("journal listener failed", e);
        }
    }
}
