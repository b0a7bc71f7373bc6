package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.mesos.MesosText;
import io.mesosiam.mesos.Task.Label;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** One condition of a policy. A policy matches a task if all of its selectors hold. */
public sealed interface Selector {
    Attribute attribute();

    /**
     * The key of the label or the name of the Mesos agent's attribute, for attributes of which a task can have several.
     */
    default Optional<String> key() {
        return Optional.empty();
    }

    /** The required value as written in the policy. */
    String wanted();

    MatchResult match(Subject subject);

    /** Why the selector doesn't hold if it doesn't. The text doesn't depend on the task. */
    default String mismatch() {
        return attribute().description() + " is not " + wanted();
    }

    /** The principal that the framework authenticated as. */
    record FrameworkPrincipal(String wanted) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.FRAMEWORK_PRINCIPAL;
        }

        @Override
        public MatchResult match(Subject subject) {
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
        public MatchResult match(Subject subject) {
            return holds(subject.framework().map(Framework::name), wanted::equals);
        }
    }

    /** The Mesos role that the task's resources are allocated to, or an ancestor of it. */
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
        public MatchResult match(Subject subject) {
            return holds(role.covers(subject.task().role()));
        }

        @Override
        public String mismatch() {
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
        public MatchResult match(Subject subject) {
            return holds(Optional.of(subject.task().name()), glob::matches);
        }
    }

    /** The user that the task runs as: its own, otherwise its framework's. */
    record TaskUser(String wanted) implements Selector {
        @Override
        public Attribute attribute() {
            return Attribute.TASK_USER;
        }

        @Override
        public MatchResult match(Subject subject) {
            return holds(subject.task().user().or(() -> subject.framework().map(Framework::user)), wanted::equals);
        }
    }

    /** The container image as the framework wrote it. A task without an image doesn't match. */
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
        public MatchResult match(Subject subject) {
            return holds(subject.task().image(), glob::matches);
        }
    }

    /** A label of the task, which may have others and repeat keys. Without a value, the key is sufficient. */
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
        public MatchResult match(Subject subject) {
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

        /** Whether the label's text is undamaged. Two damaged texts that look equal may have been different. */
        private boolean isReadable() {
            return MesosText.isReadable(name)
                    && value.map(MesosText::isReadable).orElse(true);
        }

        @Override
        public String mismatch() {
            return "no label " + wanted();
        }
    }

    /**
     * An attribute of the task's Mesos agent, compared by Mesos's types. Without a value, the name is sufficient. The
     * result is unknown while the Mesos agent isn't registered, as after a failover or while it is unreachable.
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
        public MatchResult match(Subject subject) {
            return subject.agent().map(agent -> fit(agent.attributes())).orElse(MatchResult.UNKNOWN);
        }

        private MatchResult fit(Map<String, String> attributes) {
            String actual = attributes.get(name);
            if (actual == null || !MesosText.isReadable(name)) {
                // A damaged attribute name may be this one.
                return attributes.keySet().stream().allMatch(MesosText::isReadable)
                        ? MatchResult.FAILS
                        : MatchResult.UNEVALUABLE;
            }
            return value.map(wanted -> compare(wanted, actual)).orElse(MatchResult.HOLDS);
        }

        private static MatchResult compare(String wanted, String actual) {
            if (!MesosText.isReadable(actual)) {
                return MatchResult.UNEVALUABLE;
            }
            AttributeValue expected = AttributeValue.parse(wanted);
            AttributeValue found = AttributeValue.parse(actual);
            if (expected.equals(found)) {
                return MatchResult.HOLDS;
            }
            return expected instanceof AttributeValue.Malformed || found instanceof AttributeValue.Malformed
                    ? MatchResult.UNEVALUABLE
                    : MatchResult.FAILS;
        }

        @Override
        public String mismatch() {
            return "Mesos agent has no attribute " + wanted();
        }
    }

    /**
     * A column of a row that can't be read.
     *
     * @param reason the problem with the column, for operators
     */
    record Unreadable(Attribute attribute, String column, String reason) implements Selector {
        @Override
        public String wanted() {
            return "";
        }

        @Override
        public MatchResult match(Subject subject) {
            return MatchResult.UNEVALUABLE;
        }

        @Override
        public String mismatch() {
            return column + ": " + reason;
        }
    }

    /** A damaged value can't be compared. */
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

    /** Whether a selector holds for a task. */
    enum MatchResult {
        HOLDS,
        FAILS,
        /**
         * The value isn't known at present. Neither result may be assumed, since that could give too much or end a lease
         * wrongly.
         */
        UNKNOWN,
        /** The value is damaged and can't be compared. For a deny this counts as matching, for an allow as not matching. */
        UNEVALUABLE
    }
}
