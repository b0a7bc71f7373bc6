package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of the audit trail. Never holds a secret.
 *
 * @param lease empty for a refusal
 * @param message the same in a sentence, for people; may quote AWS
 * @param selfAsserted whether its policy rests on what only the task's framework vouches for; empty if not known
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
    /** What happened; the word is that of the row. */
    public enum Kind {
        ISSUED("lease.issued"),
        ADOPTED("lease.adopted"),
        BOUND("lease.bound"),
        RENEWED("lease.renewed"),
        FAILED("lease.failed"),
        REAPED("lease.reaped"),
        REFUSED("lease.refused"),
        WITHDRAWN("lease.withdrawn"),
        /** A launch has had to wait for some time: the message begins with the reason's code. */
        WAITING("lease.waiting");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
