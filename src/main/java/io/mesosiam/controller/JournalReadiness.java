package io.mesosiam.controller;

import io.mesosiam.lease.store.BatchedJournal;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Reports the rows and audit events that wait. Always up, since leases are served and renewed without the journal. */
@Readiness
@Singleton
final class JournalReadiness implements HealthCheck {
    private static final int MAX_SHOWN = 10;

    private final BatchedJournal journal;

    @Inject
    JournalReadiness(BatchedJournal journal) {
        this.journal = journal;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("journal").up();
        journal.awaySince().ifPresent(since -> response.withData("away", since.toString()));
        List<String> held = journal.heldUp();
        if (!held.isEmpty()) {
            String shown = String.join("; ", held.subList(0, Math.min(held.size(), MAX_SHOWN)));
            response.withData("held", held.size() > MAX_SHOWN ? shown + "; and " + (held.size() - MAX_SHOWN) : shown);
        }
        if (journal.awaySince().isPresent() || !held.isEmpty()) {
            response.withData(
                    "cure",
                    journal.awaySince().isPresent()
                            ? "rows and audit events wait in memory, and nothing new is issued after"
                                    + " mesos-iam.lease.without-database-limit: see the check database, and 'journal' in the log"
                            : "end the transaction that locks the rows (pg_stat_activity), or give the controllers' user its"
                                    + " right on the table");
        }
        return response.withData("waiting", journal.backlog()).build();
    }
}
