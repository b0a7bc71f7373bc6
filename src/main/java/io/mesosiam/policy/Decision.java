package io.mesosiam.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The result of all policies for one task and one credential name, with every reason. */
public sealed interface Decision {
    /**
     * One verdict for each policy considered, in the order of the policy set: why it did or didn't apply. A verdict is made when
     * it is read. For a task with many names and policies, the policies that concern other names are left out.
     */
    List<Verdict> verdicts();

    /** The result in one sentence that may be shown to the task: it names policies but not their contents. */
    String summary();

    /**
     * A policy or a launch grant gives an entitlement.
     *
     * @param selfAsserted whether the match depends on a selector whose value the task's framework chooses
     */
    record Allowed(
            Entitlement entitlement, PolicyId policy, boolean selfAsserted, String summary, List<Verdict> verdicts)
            implements Decision {
        public Allowed {
            verdicts = Verdicts.copyOf(verdicts);
        }
    }

    /** A policy denies the credentials. */
    record Denied(PolicyId policy, String summary, List<Verdict> verdicts) implements Decision {
        public Denied {
            verdicts = Verdicts.copyOf(verdicts);
        }
    }

    /**
     * Policies of the same priority give different results. Nothing new is given. An existing lease is kept while a
     * matching policy still gives the same.
     *
     * @param policies the policies that differ
     * @param standing what each allow of any priority gives that matches or may match, unless it is withheld from the
     *     task
     */
    record Conflict(
            List<PolicyId> policies, Map<PolicyId, Entitlement> standing, String summary, List<Verdict> verdicts)
            implements Decision {
        public Conflict {
            policies = List.copyOf(policies);
            standing = Collections.unmodifiableMap(new LinkedHashMap<>(standing));
            verdicts = Verdicts.copyOf(verdicts);
        }
    }

    /**
     * No policy gives anything.
     *
     * @param withheld whether one would, but what it gives is withheld from the task
     */
    record NoMatch(String summary, boolean withheld, List<Verdict> verdicts) implements Decision {
        public NoMatch {
            verdicts = Verdicts.copyOf(verdicts);
        }

        public NoMatch(String summary, List<Verdict> verdicts) {
            this(summary, false, verdicts);
        }
    }

    /** Not decidable yet, because too little is known. Nothing new is given. */
    sealed interface Undecided extends Decision {
        /** What each allow policy gives that matches or may match, unless it is withheld from the task. */
        Map<PolicyId, Entitlement> standing();
    }

    /**
     * Any result is still possible: the task's framework isn't visible, or a policy's effect can't be read, or something
     * is withheld only because the leading master's flags aren't known. No lease ends. A lease with one of {@code
     * standing} is renewed.
     *
     * @param standing empty while the task's framework isn't visible
     */
    record Pending(String summary, List<Verdict> verdicts, Map<PolicyId, Entitlement> standing) implements Undecided {
        public Pending {
            verdicts = Verdicts.copyOf(verdicts);
            standing = Collections.unmodifiableMap(new LinkedHashMap<>(standing));
        }

        public Pending(String summary) {
            this(summary, List.of(), Map.of());
        }
    }

    /**
     * A launch grant fits the launch and isn't bound yet. It gives nothing new until it is bound to the launch. A lease with
     * one of {@code standing} is renewed.
     *
     * @param grant the grant to bind
     * @param standing what it gives, and what policies give if another launch gets it
     * @param exhaustive whether nothing but one of {@code standing} can be given: a lease with anything else ends
     */
    record Unbound(
            PolicyId grant,
            String summary,
            List<Verdict> verdicts,
            Map<PolicyId, Entitlement> standing,
            boolean exhaustive)
            implements Undecided {
        public Unbound {
            verdicts = Verdicts.copyOf(verdicts);
            standing = Collections.unmodifiableMap(new LinkedHashMap<>(standing));
        }

        /** The decision once the grant is bound to the launch. */
        public Decision bound() {
            return new Allowed(
                    Optional.ofNullable(standing.get(grant)).orElseThrow(),
                    grant,
                    false,
                    "grant " + grant + " allows it",
                    verdicts);
        }
    }

    /**
     * Nothing but one of {@code standing} can be given, whatever the missing values are, such as the attributes of a
     * Mesos agent that isn't registered. A lease with one of these is renewed; a lease with anything else ends.
     */
    record Narrowed(String summary, List<Verdict> verdicts, Map<PolicyId, Entitlement> standing) implements Undecided {
        public Narrowed {
            verdicts = Verdicts.copyOf(verdicts);
            standing = Collections.unmodifiableMap(new LinkedHashMap<>(standing));
        }
    }
}
