package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of the audit trail. It never holds a secret.
 *
 * @param lease empty for a refusal
 * @param message describes the event in one sentence, for operators; may quote AWS
 * @param selfAsserted whether the policy matched only on values that the framework or the task chooses; empty if not
 *     known
 */
public record AuditEvent(
        Instant at,
        Kind kind,
        LeaseKey key,
        Optional<ContainerId> container,
        Optional<LeaseId> lease,
        Optional<IamRole> role,
        Optional<PolicyId> policy,
        String message,
        Optional<Boolean> witnessed,
        Optional<Boolean> selfAsserted) {
    /** What happened. {@link #text()} is the value of the audit row's column. */
    public enum Kind {
        ISSUED("lease.issued"),
        ADOPTED("lease.adopted"),
        BOUND("lease.bound"),
        /** A change of the policy has moved or removed the end of the time to live. */
        LIMITED("lease.limited"),
        RENEWED("lease.renewed"),
        FAILED("lease.failed"),
        REAPED("lease.reaped"),
        REFUSED("lease.refused"),
        WITHDRAWN("lease.withdrawn"),
        /** A launch has waited for some time. The message begins with the code of the reason. */
        WAITING("lease.waiting");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
