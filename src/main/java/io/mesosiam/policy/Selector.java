package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Label;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.MesosText;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** One condition of a policy. A policy matches a task if all of its selectors hold. */
public sealed interface Selector {
    Attribute attribute();

    /** Which one, where a task has several of the attribute: the key of a label, the name of an agent's attribute. */
    default Optional<String> key() {
        return Optional.empty();
    }

    /** What it asks for, as the policy says it. */
    String wanted();

    MatchResult fit(Subject subject);

    /** Why it doesn't hold where it doesn't; says nothing about the task, so it is the same for all. */
    default String misfit() {
        return attribute().words() + " is not " + wanted();
    }

    /** The principal that the framework authenticated as. */
    record FrameworkPrincipal(String wanted) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.FRAMEWORK_PRINCIPAL;
        }

        @Override
        public MatchResult fit(Subject subject) {
            return holds(subject.framework().flatMap(Framework::principal), wanted::equals);
        }
    }

    /** The framework's name. */
    record FrameworkName(String wanted) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.FRAMEWORK_NAME;
        }

        @Override
        public MatchResult fit(Subject subject) {
            return holds(subject.framework().map(Framework::name), wanted::equals);
        }
    }

    /** The Mesos role that the task's resources are allocated to, or one above it. */
    record UnderMesosRole(MesosRole role) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.MESOS_ROLE;
        }

        @Override
        public String wanted() {
            return role.value();
        }

        @Override
        public MatchResult fit(Subject subject) {
            return holds(role.covers(subject.task().role()));
        }

        @Override
        public String misfit() {
            return "Mesos role is neither " + role + " nor below it";
        }
    }

    /** The task's name. */
    record TaskName(Glob glob) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.TASK_NAME;
        }

        @Override
        public String wanted() {
            return glob.pattern();
        }

        @Override
        public MatchResult fit(Subject subject) {
            return holds(Optional.of(subject.task().name()), glob::matches);
        }
    }

    /** The user that the task runs as: its own, else its framework's. */
    record TaskUser(String wanted) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.TASK_USER;
        }

        @Override
        public MatchResult fit(Subject subject) {
            return holds(subject.task().user().or(() -> subject.framework().map(Framework::user)), wanted::equals);
        }
    }

    /** The container image as the framework wrote it; a task without one doesn't match. */
    record Image(Glob glob) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.IMAGE;
        }

        @Override
        public String wanted() {
            return glob.pattern();
        }

        @Override
        public MatchResult fit(Subject subject) {
            return holds(subject.task().image(), glob::matches);
        }
    }

    /** A label that the task has, among others and perhaps several times; without a value, its key is enough. */
    record HasLabel(String name, Optional<String> value) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.LABEL;
        }

        @Override
        public Optional<String> key() {
            return Optional.of(name);
        }

        @Override
        public String wanted() {
            return pair(name, value);
        }

        @Override
        public MatchResult fit(Subject subject) {
            if (subject.task().labels().stream().anyMatch(this::isMet)) {
                return MatchResult.HOLDS;
            }
            return subject.task().labels().stream().anyMatch(this::mayBeMet)
                    ? MatchResult.UNEVALUABLE
                    : MatchResult.FAILS;
        }

        private boolean mayBeMet(Label label) {
            return !MesosText.isReadable(label.key())
                    || (label.key().equals(name)
                            && !label.value().map(MesosText::isReadable).orElse(true));
        }

        private boolean isMet(Label label) {
            return isReadable() && label.key().equals(name) && (value.isEmpty() || value.equals(label.value()));
        }

        /** Two damaged texts that look the same need not have been the same. */
        private boolean isReadable() {
            return MesosText.isReadable(name)
                    && value.map(MesosText::isReadable).orElse(true);
        }

        @Override
        public String misfit() {
            return "no label " + wanted();
        }
    }

    /**
     * An attribute of the Mesos agent that the task is on, compared by Mesos's types; without a value, its name is enough. Unknown while the Mesos
     * agent isn't registered, as after a failover or while it is unreachable.
     */
    record AgentAttribute(String name, Optional<String> value) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.AGENT_ATTRIBUTE;
        }

        @Override
        public Optional<String> key() {
            return Optional.of(name);
        }

        @Override
        public String wanted() {
            return pair(name, value);
        }

        @Override
        public MatchResult fit(Subject subject) {
            return subject.agent().map(agent -> fit(agent.attributes())).orElse(MatchResult.UNKNOWN);
        }

        private MatchResult fit(Map<String, String> attributes) {
            String actual = attributes.get(name);
            if (actual == null || !MesosText.isReadable(name)) {
                // a name that came damaged may be this one
                return attributes.keySet().stream().allMatch(MesosText::isReadable)
                        ? MatchResult.FAILS
                        : MatchResult.UNEVALUABLE;
            }
            return value.map(asked -> compare(asked, actual)).orElse(MatchResult.HOLDS);
        }

        private static MatchResult compare(String asked, String actual) {
            if (!MesosText.isReadable(actual)) {
                return MatchResult.UNEVALUABLE;
            }
            AttributeValue wanted = AttributeValue.parse(asked);
            AttributeValue found = AttributeValue.parse(actual);
            if (wanted.equals(found)) {
                return MatchResult.HOLDS;
            }
            return wanted instanceof AttributeValue.Malformed || found instanceof AttributeValue.Malformed
                    ? MatchResult.UNEVALUABLE
                    : MatchResult.FAILS;
        }

        @Override
        public String misfit() {
            return "Mesos agent has no attribute " + wanted();
        }
    }

    /**
     * A column of a row that can't be read.
     *
     * @param reason what is wrong with the column, for operators
     */
    record Unreadable(Attribute attribute, String column, String reason) implements Selector {
        @Override
        public String wanted() {
            return "";
        }

        @Override
        public MatchResult fit(Subject subject) {
            return MatchResult.UNEVALUABLE;
        }

        @Override
        public String misfit() {
            return column + ": " + reason;
        }
    }

    /** A value that came damaged can't be compared. */
    private static MatchResult holds(Optional<String> value, Predicate<String> met) {
        return value.map(v -> MesosText.isReadable(v) ? holds(met.test(v)) : MatchResult.UNEVALUABLE)
                .orElse(MatchResult.FAILS);
    }

    private static MatchResult holds(boolean met) {
        return met ? MatchResult.HOLDS : MatchResult.FAILS;
    }

    private static String pair(String key, Optional<String> value) {
        return value.map(v -> key + "=" + v).orElse(key);
    }
}
