package io.mesosiam.policy;

import java.util.Locale;

/** What of a task, its framework and its Mesos agent a policy can select by. The names are those of the policy table. */
public enum Attribute {
    FRAMEWORK_PRINCIPAL("framework principal"),
    FRAMEWORK_NAME("framework name"),
    MESOS_ROLE("Mesos role"),
    TASK_NAME("task name"),
    TASK_USER("task user"),
    IMAGE("image"),
    LABEL("label"),
    AGENT_ATTRIBUTE("Mesos agent attribute");

    private final String words;

    Attribute(String words) {
        this.words = words;
    }

    /** In a sentence. */
    public String words() {
        return words;
    }

    static Attribute parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
