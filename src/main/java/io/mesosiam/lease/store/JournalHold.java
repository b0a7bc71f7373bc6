package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Locale;

/** The reason for which some journal entries wait in a separate lane: the database does not accept them now. */
sealed interface JournalHold {
    /** Whether this reason applies to the entry. */
    boolean covers(QueuedEntry entry);

    /** A label with few values, for metrics. */
    String label();

    /** A description for readiness and log lines. */
    String text();

    /** Another transaction has locked a row of that host. */
    record Host(MesosAgentId host) implements JournalHold {
        @Override
        public boolean covers(QueuedEntry entry) {
            return entry.host().equals(host);
        }

        @Override
        public String label() {
            return "host";
        }

        @Override
        public String text() {
            return "mesosAgentId=" + host.value();
        }
    }

    /** The database user lacks the right to write entries of that table. */
    enum Table implements JournalHold {
        LEASE,
        WITHDRAWAL,
        AUDIT_EVENT;

        @Override
        public boolean covers(QueuedEntry entry) {
            return entry.table() == this;
        }

        @Override
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        @Override
        public String text() {
            return "table=" + label();
        }
    }
}
