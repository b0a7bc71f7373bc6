package io.mesosiam.api.audit;

import io.mesosiam.lease.AuditEvent;
import java.util.List;
import java.util.stream.Stream;

/** The kinds of audit events. A search for another kind would be empty, and look like an answer. */
final class AuditKinds {
    static final List<String> ALL = Stream.of(
                    Stream.of(AuditEvent.Kind.values()).map(AuditEvent.Kind::text),
                    // triggers of the database write these, whichever client makes the change
                    Stream.of("policy", "namespace", "attribute-trust", "withdrawal", "launch-grant")
                            .flatMap(table ->
                                    Stream.of("created", "changed", "deleted").map(done -> table + "." + done)),
                    Stream.of("withdrawal.lifted"),
                    Stream.of("token.created", "token.revoked", "token.deleted"),
                    Stream.of("authority.created", "authority.deleted"),
                    Stream.of("join-token.created", "join-token.revoked", "join-token.deleted"),
                    Stream.of(
                            "host.certificate-issued",
                            "host.certificates-replaced",
                            "host.evicted",
                            "host.readmitted",
                            "host.role-assumable"),
                    Stream.of("enrolment.refused"),
                    Stream.of("sign-in.refused", "access.refused", "write.refused", "write.failed"),
                    Stream.of("controller.drain-began", "controller.drain-ended"),
                    Stream.of("session.denial-requested", "session.denied", "session.denial-removed"))
            .flatMap(kinds -> kinds)
            .toList();

    static final String DEMAND =
            "must be a kind, or the beginning of one with * behind it, such as policy.*. The kinds are "
                    + String.join(", ", ALL);

    private AuditKinds() {}

    /** Whether a filter by kind can find an event. */
    static boolean areSelected(String filter) {
        return filter.endsWith("*")
                ? ALL.stream().anyMatch(kind -> kind.startsWith(filter.substring(0, filter.length() - 1)))
                : ALL.contains(filter);
    }
}
