package io.mesosiam.policy;

import java.util.List;
import java.util.Map;

/** What the policies say about one task and one credential name, with every reason. */
public sealed interface Decision {
    /** Every policy considered, in the order of the policy set, and why it did or didn't apply. */
    List<Verdict> verdicts();

    /** The outcome in one sentence that may be shown to the task: it names policies, never their contents. */
    String summary();

    /**
     * A policy gives it.
     *
     * @param selfAsserted whether a selector that only the task's own framework vouches for was needed
     */
    record Allowed(
            Entitlement entitlement, PolicyId policy, boolean selfAsserted, String summary, List<Verdict> verdicts)
            implements Decision {
        public Allowed {
            verdicts = List.copyOf(verdicts);
        }
    }

    /** A policy denies it. */
    record Denied(PolicyId policy, String summary, List<Verdict> verdicts) implements Decision {
        public Denied {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * Policies of the same priority give different answers. Nothing new is given; a lease from before the conflict stays while a policy
     * that matches still gives the same.
     *
     * @param policies those that differ
     * @param standing what each matching allow gives, of every priority, unless it is withheld from the task
     */
    record Conflict(
            List<PolicyId> policies, Map<PolicyId, Entitlement> standing, String summary, List<Verdict> verdicts)
            implements Decision {
        public Conflict {
            policies = List.copyOf(policies);
            standing = Map.copyOf(standing);
            verdicts = List.copyOf(verdicts);
        }
    }

    /** No policy gives it anything. */
    record NoMatch(String summary, List<Verdict> verdicts) implements Decision {
        public NoMatch {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * Too little is known: the task's framework isn't visible, or its Mesos agent isn't registered and policies ask for its
     * attributes. Nothing new is given, and nothing is taken away.
     *
     * @param standing what each allow gives that matches, or may match, unless it is withheld from the task: a lease of it renews.
     *     Empty while the task's framework isn't visible
     * @param decided whether the policies have decided, and only something else is not known yet: a lease of anything but {@code
     *     standing} ends
     */
    record Pending(String summary, List<Verdict> verdicts, Map<PolicyId, Entitlement> standing, boolean decided)
            implements Decision {
        public Pending {
            verdicts = List.copyOf(verdicts);
            standing = Map.copyOf(standing);
        }

        public Pending(String summary, List<Verdict> verdicts, Map<PolicyId, Entitlement> standing) {
            this(summary, verdicts, standing, false);
        }

        public Pending(String summary) {
            this(summary, List.of(), Map.of());
        }
    }
}
