package io.mesosiam.policy;

import java.util.Optional;

/** What a policy says about the tasks that it matches. */
public sealed interface Rule {
    Effect effect();

    /** Whether it says anything about credentials of that name. */
    boolean concerns(CredentialName name);

    /** They may have this under that name. */
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

    /** They get nothing under that name; without one, nothing at all. */
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
}
