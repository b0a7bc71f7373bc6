package io.mesosiam.lease;

import java.util.Locale;

/** Why a plan does nothing for a credential name at present, as a stable value for metrics and the audit trail. */
public enum WaitReason {
    /** The host's agent is not connected to this controller. */
    NO_AGENT(false),
    /** Policy can't decide yet what the task may have. */
    UNDECIDED(true),
    /** Policy can't decide yet for another task of the same container. */
    OTHER_TASK_UNDECIDED(true),
    /** The credentials of another task of the same container are withdrawn. The refusal is audited. */
    OTHER_TASK_WITHDRAWN(false),
    /** Another task of the same container has the lease that serves both. */
    SERVED_BY_OTHER_TASK(false),
    /** Policy gives a role, but STS would not accept the session that results for this task. The refusal is audited. */
    SESSION_IMPOSSIBLE(false),
    /** A launch grant that fits is being bound to the launch. */
    GRANT_UNBOUND(true),
    /** Policies conflict; the existing lease is kept. */
    CONFLICT(true),
    /** The master doesn't report the task. */
    OUT_OF_SIGHT(true),
    /** The journal does not keep up, or too many sessions are to be requested. */
    JOURNAL(true),
    /** The role is only issued when the task requests it. */
    NOT_ASKED(false),
    /** STS issued no session; each failure is audited. */
    NO_SESSION(false),
    /** STS refuses the session until an operator acts. Each attempt and the container's refusal are audited. */
    REFUSED_BY_AWS(false),
    /** STS issued no session for another task with the same identity. */
    SAME_SESSION_FAILED(true),
    /** The master shows the task in a container that Mesos launched for another executor. */
    ANOTHER_EXECUTOR(true),
    /** The host has many leases of containers that its agent doesn't report, and doesn't report the task's. */
    UNREPORTED_CONTAINERS(true),
    /** The host's agent received the lease and doesn't serve it. */
    NOT_SERVED(true),
    /** The lease is served and waits for its next renewal. */
    RENEWAL(false),
    /** The lease is served until its TTL ends. */
    TTL(false);

    private final boolean audited;

    WaitReason(boolean audited) {
        this.audited = audited;
    }

    /** Whether a long wait is audited, because no other event reports it. */
    public boolean audited() {
        return audited;
    }

    /**
     * Whether the wait is counted in metrics: true if the host is connected here and credentials are missing or at
     * risk.
     */
    public boolean counted() {
        return switch (this) {
            case NO_AGENT, RENEWAL, TTL, SERVED_BY_OTHER_TASK -> false;
            case UNDECIDED,
                    GRANT_UNBOUND,
                    OTHER_TASK_UNDECIDED,
                    OTHER_TASK_WITHDRAWN,
                    SESSION_IMPOSSIBLE,
                    CONFLICT,
                    OUT_OF_SIGHT,
                    JOURNAL,
                    NOT_ASKED,
                    NO_SESSION,
                    REFUSED_BY_AWS,
                    SAME_SESSION_FAILED,
                    ANOTHER_EXECUTOR,
                    UNREPORTED_CONTAINERS,
                    NOT_SERVED -> true;
        };
    }

    /** Whether the sentence about the wait can contain what AWS said of the session, and so the names of its IAM roles. */
    public boolean quotesAws() {
        return switch (this) {
            case SESSION_IMPOSSIBLE, NO_SESSION, REFUSED_BY_AWS, SAME_SESSION_FAILED -> true;
            case NO_AGENT,
                    UNDECIDED,
                    OTHER_TASK_UNDECIDED,
                    OTHER_TASK_WITHDRAWN,
                    SERVED_BY_OTHER_TASK,
                    GRANT_UNBOUND,
                    CONFLICT,
                    OUT_OF_SIGHT,
                    JOURNAL,
                    NOT_ASKED,
                    ANOTHER_EXECUTOR,
                    UNREPORTED_CONTAINERS,
                    NOT_SERVED,
                    RENEWAL,
                    TTL -> false;
        };
    }

    /** The value in metrics and audit events, such as {@code out-of-sight}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
