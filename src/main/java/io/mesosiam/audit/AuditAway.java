package io.mesosiam.audit;

/** The audit trail can't be read now. The same request can succeed later. */
public final class AuditAway extends RuntimeException {
    AuditAway(String message) {
        super(message);
    }
}
