package io.mesosiam.policy;

import java.util.List;
import java.util.Map;

/** The result of all policies for one task and one credential name, with every reason. */
public sealed interface Decision {
    /** One verdict for each policy considered, in the order of the policy set: why it did or didn't apply. */
    List<Verdict> verdicts();

    /** The result in one sentence that may be shown to the task: it names policies but not their contents. */
    String summary();

    /**
     * A policy gives an entitlement.
     *
     * @param selfAsserted whether the match depends on a selector whose value the task's framework chooses
     */
    record Allowed(
            Entitlement entitlement, PolicyId policy, boolean selfAsserted, String summary, List<Verdict> verdicts)
            implements Decision {
        public Allowed {
            verdicts = List.copyOf(verdicts);
        }
    }

    /** A policy denies the credentials. */
    record Denied(PolicyId policy, String summary, List<Verdict> verdicts) implements Decision {
        public Denied {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * Policies of the same priority give different results. Nothing new is given. An existing lease is kept while a
     * matching policy still gives the same.
     *
     * @param policies the policies that differ
     * @param standing what each matching allow of any priority gives, unless it is withheld from the task
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

    /** No policy gives anything. */
    record NoMatch(String summary, List<Verdict> verdicts) implements Decision {
        public NoMatch {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * Not decidable yet: the task's framework isn't visible, or its Mesos agent isn't registered and policies select by
     * its attributes. Nothing new is given, and no lease ends.
     *
     * @param standing what each allow policy gives that matches or may match, unless it is withheld from the task; a
     *     lease with one of these is renewed. Empty while the task's framework isn't visible
     * @param decided whether nothing but {@code standing} can be given, whatever the missing values are; a lease with
     *     anything else ends
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
