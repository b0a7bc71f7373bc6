package io.mesosiam.lease.store;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Locale;

/** Which entries of the journal wait apart from the others, because the database does not take them now. */
sealed interface JournalHold {
    /** Whether the entry is concerned. */
    boolean covers(QueuedEntry entry);

    /** What is held, for metrics: a label with few values. */
    String label();

    /** What is held, for readiness and log lines. */
    String words();

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
        public String words() {
            return "mesosAgentId=" + host.value();
        }
    }

    /** The database user may not write entries of that table. */
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
        public String words() {
            return "table=" + label();
        }
    }
}
