package io.mesosiam.lease;

import java.util.Locale;

/** Why a plan does nothing for a credential name for now, in a stable form for metrics and the audit trail. */
public enum WaitReason {
    /** No agent on the host is connected to this controller. */
    NO_AGENT(false),
    /** What the task may have can't be decided yet. */
    UNDECIDED(true),
    /** Another task of the same container can't be decided yet. */
    OTHER_TASK_UNDECIDED(true),
    /** The credentials of another task of the same container are withdrawn. The refusal is audited. */
    OTHER_TASK_WITHDRAWN(false),
    /** Another task of the same container has the lease that serves both. */
    SERVED_BY_OTHER_TASK(false),
    /** Policy gives a role, but no session that STS would take can be made of it for this task. The refusal is audited. */
    SESSION_IMPOSSIBLE(false),
    /** Policies conflict: the lease from before is kept. */
    CONFLICT(true),
    /** The master doesn't report the task. */
    OUT_OF_SIGHT(true),
    /** The journal is behind. */
    JOURNAL(true),
    /** The role is only issued when the task asks for it. */
    NOT_ASKED(false),
    /** STS gave no session; each failure is audited. */
    NO_SESSION(false),
    /** STS refuses the session until an operator acts; each attempt is audited, and what the container is told. */
    REFUSED_BY_AWS(false),
    /** STS gave no session for another task with the same identity. */
    SAME_SESSION_FAILED(true),
    /** The host's agent received the lease and doesn't serve it. */
    NOT_SERVED(true),
    /** The lease is served; its next renewal is due then. */
    RENEWAL(false),
    /** The lease is served until its TTL ends. */
    TTL(false);

    private final boolean audited;

    WaitReason(boolean audited) {
        this.audited = audited;
    }

    /** Whether a wait that lasts is worth an audit event, since no other event tells of it. */
    public boolean audited() {
        return audited;
    }

    /** Whether a wait for this is counted: on a host connected here, and for credentials that are missing or at risk. */
    public boolean counted() {
        return switch (this) {
            case NO_AGENT, RENEWAL, TTL, SERVED_BY_OTHER_TASK -> false;
            case UNDECIDED,
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
                    NOT_SERVED -> true;
        };
    }

    /** As metrics and audit events have it: {@code out-of-sight}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
