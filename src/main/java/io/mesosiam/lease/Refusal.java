package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;

/**
 * The answer that a container receives instead of credentials.
 *
 * @param key the launch and credential name that are refused
 * @param container the launch's container
 * @param message may be shown to the task: it names policies but not their contents
 */
public record Refusal(LeaseKey key, ContainerId container, RefusalCode code, String message) {
    public Delivery.Refuse delivery() {
        return new Delivery.Refuse(container, key.name(), code, message);
    }

    public Delivery.ClearRefusal withdrawal() {
        return new Delivery.ClearRefusal(container, key.name());
    }

    /** Why a container is refused, as the stable code in the body of the error response. */
    public enum RefusalCode {
        NO_POLICY("NoPolicy"),
        DENIED("DeniedByPolicy"),
        CONFLICT("ConflictingPolicies"),
        /** Policy gives a role, but STS would not accept the session that results for this task. Waiting doesn't help. */
        SESSION_IMPOSSIBLE("SessionImpossible"),
        /**
         * Policy gives a role, but STS refuses the session, for instance because of the role's trust policy. Attempts
         * continue.
         */
        REFUSED_BY_AWS("RefusedByAws"),
        WITHDRAWN("Withdrawn"),
        ENDED("TaskEnded");

        private final String text;

        RefusalCode(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
