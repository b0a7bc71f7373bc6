package io.mesosiam.policy;

import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.Task.Label;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of a task that selectors compare, in readable form, for explaining a decision. */
public record SubjectValues(Subject subject) {
    /**
     * Returns the task's values for a selector.
     *
     * @return several values for a repeated label, an empty list without the label; a label or attribute without a
     *     value counts as the empty text. Empty if the values aren't known at present
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

    /** The user that the task runs as: its own, otherwise its framework's; empty if that isn't known. */
    public Optional<String> user() {
        return subject.task().user().or(() -> subject.framework().map(Framework::user));
    }

    /** The attributes of the task's Mesos agent; empty while they aren't known. */
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
