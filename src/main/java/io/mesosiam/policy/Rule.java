package io.mesosiam.policy;

import java.util.Optional;

/** The effect of a policy on matching tasks. */
public sealed interface Rule {
    Effect effect();

    /** Whether the rule applies to credentials of that name. */
    boolean concerns(CredentialName name);

    /** Gives this entitlement under that name. */
    record Allow(CredentialName name, Entitlement entitlement) implements Rule {
        @Override
        public Effect effect() {
            return Effect.ALLOW;
        }

        @Override
        public boolean concerns(CredentialName other) {
            return name.equals(other);
        }
    }

    /** Denies that name; without a name, all names. */
    record Deny(Optional<CredentialName> name) implements Rule {
        @Override
        public Effect effect() {
            return Effect.DENY;
        }

        @Override
        public boolean concerns(CredentialName other) {
            return name.isEmpty() || name.get().equals(other);
        }
    }

    /** Whether a policy allows or denies. */
    enum Effect {
        ALLOW,
        DENY
    }
}
