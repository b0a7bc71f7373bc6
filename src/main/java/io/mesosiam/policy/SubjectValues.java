package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.Label;
import io.mesosiam.mesos.MesosAgent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of a task that selectors look at, as people read them; for the explanation of a decision. */
public record SubjectValues(Subject subject) {
    /**
     * The task's own values for what a selector looks at.
     *
     * @return several for a label that the task has several times, none if it has none; a label or attribute without a
     *     value counts as the empty text. Empty if they aren't known now
     */
    public Optional<List<String>> of(Selector selector) {
        return switch (selector.attribute()) {
            case FRAMEWORK_PRINCIPAL ->
                framework(framework -> framework.principal().stream().toList());
            case FRAMEWORK_NAME -> framework(framework -> List.of(framework.name()));
            case MESOS_ROLE -> Optional.of(List.of(subject.task().role().value()));
            case TASK_NAME -> Optional.of(List.of(subject.task().name()));
            case TASK_USER -> user().map(List::of);
            case IMAGE -> Optional.of(subject.task().image().stream().toList());
            case LABEL -> Optional.of(labels(selector.key().orElse("")));
            case AGENT_ATTRIBUTE ->
                attributes().map(all -> values(all, selector.key().orElse("")));
        };
    }

    /** The user that the task runs as: its own, else its framework's; empty if that isn't known. */
    public Optional<String> user() {
        return subject.task().user().or(() -> subject.framework().map(Framework::user));
    }

    /** The attributes of the task's Mesos agent; empty while that isn't known. */
    public Optional<Map<String, String>> attributes() {
        return subject.agent().map(MesosAgent::attributes);
    }

    private Optional<List<String>> framework(java.util.function.Function<Framework, List<String>> values) {
        return subject.framework().map(values);
    }

    private List<String> labels(String key) {
        return subject.task().labels().stream()
                .filter(label -> label.key().equals(key))
                .map(Label::value)
                .map(value -> value.orElse(""))
                .toList();
    }

    private static List<String> values(Map<String, String> attributes, String name) {
        return Optional.ofNullable(attributes.get(name)).stream().toList();
    }
}
