package io.mesosiam.api.list;

import static io.mesosiam.admin.ListColumn.Type.ID;
import static io.mesosiam.admin.ListColumn.Type.NUMBER;
import static io.mesosiam.admin.ListColumn.Type.TEXT;
import static io.mesosiam.admin.ListColumn.Type.TIME;
import static io.mesosiam.admin.ListColumn.Type.TRUTH;

import io.mesosiam.api.LeaseView;
import io.mesosiam.api.list.MemoryList.Column;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The fields of leases that a list can be filtered and sorted by. */
final class LeaseColumns {
    private LeaseColumns() {}

    /** @param sight the caller's: sentences are compared as the caller reads them */
    static MemoryList<Lease> list(Sight sight) {
        return new MemoryList<>(
                "leaseId",
                lease -> lease.id().value(),
                List.of(
                        Column.of(
                                "frameworkId",
                                TEXT,
                                lease -> lease.launch().key().framework().value()),
                        Column.of(
                                "taskId",
                                TEXT,
                                lease -> lease.launch().key().task().value()),
                        Column.of("mesosAgentId", TEXT, lease -> lease.host().value()),
                        Column.of("launchSequence", NUMBER, lease -> lease.launch()
                                .sequence()),
                        Column.of("credentialName", TEXT, lease -> lease.name().value()),
                        Column.of("iamRoleArn", TEXT, lease -> lease.role().arn()),
                        Column.of("sessionName", TEXT, Lease::sessionName),
                        Column.optional("policyId", ID, lease -> lease.policy().policyRow()),
                        Column.optional("grantId", ID, lease -> lease.policy().grantRow()),
                        Column.optional("policyVersion", NUMBER, LeaseColumns::version),
                        Column.of("witnessed", TRUTH, Lease::witnessed),
                        Column.optional(
                                "containerId", TEXT, lease -> lease.container().map(Object::toString)),
                        Column.of("createdAt", TIME, Lease::createdAt),
                        Column.optional("until", TIME, Lease::until),
                        Column.of("state", TEXT, lease -> lease.state().text()),
                        Column.optional("reason", TEXT, lease -> reason(lease).map(sight::sentence)),
                        Column.optional(
                                "expiration", TIME, lease -> lease.state().servedUntil()),
                        Column.optional("renewAt", TIME, LeaseColumns::renewAt),
                        Column.optional("retryAt", TIME, LeaseColumns::retryAt)),
                LeaseView.class);
    }

    private static Optional<Long> version(Lease lease) {
        return lease.policy().version().stream().boxed().findFirst();
    }

    private static Optional<String> reason(Lease lease) {
        return switch (lease.state()) {
            case LeaseState.Pending pending -> Optional.of(pending.reason());
            case LeaseState.Failed failed -> Optional.of(failed.reason());
            case LeaseState.Reaped reaped -> Optional.of(reaped.reason());
            case LeaseState.Active _, LeaseState.Renewing _ -> Optional.empty();
        };
    }

    private static Optional<Instant> renewAt(Lease lease) {
        return lease.state() instanceof LeaseState.Active active ? Optional.of(active.renewAt()) : Optional.empty();
    }

    private static Optional<Instant> retryAt(Lease lease) {
        return lease.state() instanceof LeaseState.Failed failed ? Optional.of(failed.retryAt()) : Optional.empty();
    }
}
