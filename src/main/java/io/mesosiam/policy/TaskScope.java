package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.policy.Selector.MatchResult;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The tasks that the policies of one namespace can concern: those within every limit of the namespace and of all
 * namespaces above it.
 *
 * @param limits in the order of the path, the root's first
 * @param trustedSelectorsOnly the namespace that requires a selector of each allow that isn't self-asserted
 */
public record TaskScope(List<Limit> limits, Optional<String> trustedSelectorsOnly) {
    /** Without any limit. */
    public static final TaskScope EVERY_TASK = new TaskScope(List.of(), Optional.empty());

    public TaskScope {
        limits = List.copyOf(limits);
    }

    /** A limit that one namespace sets. */
    public sealed interface Limit {
        /** The namespace that sets it. */
        String namespace();

        MatchResult match(Subject subject);

        /** Why a task is outside. The text doesn't depend on the task. */
        String mismatch();

        /** Why it isn't known whether a task is outside. */
        default String unknown() {
            return "can't be evaluated yet: the task's framework is not visible";
        }
    }

    /**
     * Tasks whose resources are allocated to one of these Mesos roles or to one below.
     *
     * @param roles empty for no task
     */
    public record MesosRoles(String namespace, List<MesosRole> roles) implements Limit {
        public MesosRoles {
            roles = List.copyOf(roles);
        }

        @Override
        public MatchResult match(Subject subject) {
            return roles.stream().anyMatch(role -> role.covers(subject.task().role()))
                    ? MatchResult.HOLDS
                    : MatchResult.FAILS;
        }

        @Override
        public String mismatch() {
            return "Mesos role is outside mesos_roles of namespace " + namespace;
        }
    }

    /**
     * Tasks whose framework authenticated as one of these principals.
     *
     * @param principals empty for no task
     */
    public record Principals(String namespace, Set<String> principals) implements Limit {
        public Principals {
            principals = Set.copyOf(principals);
        }

        @Override
        public MatchResult match(Subject subject) {
            if (subject.framework().isEmpty()) {
                return MatchResult.UNKNOWN;
            }
            Optional<String> actual = subject.framework().flatMap(Framework::principal);
            if (actual.filter(principal -> !MesosText.isReadable(principal)).isPresent()) {
                return MatchResult.UNEVALUABLE;
            }
            return actual.filter(principals::contains).isPresent() ? MatchResult.HOLDS : MatchResult.FAILS;
        }

        @Override
        public String mismatch() {
            return "framework principal is outside framework_principals of namespace " + namespace;
        }
    }

    /** A limit that can't be read: any task may be outside, or within. */
    public record Unreadable(String namespace, String column) implements Limit {
        @Override
        public MatchResult match(Subject subject) {
            return MatchResult.UNKNOWN;
        }

        @Override
        public String mismatch() {
            return unknown();
        }

        @Override
        public String unknown() {
            return column + " of namespace " + namespace + " can't be read: nothing new is given";
        }
    }
}
