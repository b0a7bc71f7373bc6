package io.mesosiam.audit;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A receiver of audit events. One thread at a time uses it. */
sealed interface AuditSink extends Closeable permits FileSink, SyslogSink {
    /**
     * Passes on the events, in order. It may block; closing the sink from another thread ends that.
     *
     * @throws IOException if it isn't certain that all have been passed on; they are passed on again
     */
    void write(List<AuditedEvent> events) throws IOException;
}
