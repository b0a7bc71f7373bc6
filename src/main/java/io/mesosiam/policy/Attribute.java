package io.mesosiam.policy;

import java.util.Locale;

/**
 * The properties of a task, its framework and its Mesos agent that policies can select by. The names are those in the
 * policy table.
 */
public enum Attribute {
    FRAMEWORK_PRINCIPAL("framework principal"),
    FRAMEWORK_NAME("framework name"),
    MESOS_ROLE("Mesos role"),
    TASK_NAME("task name"),
    TASK_USER("task user"),
    IMAGE("image"),
    LABEL("label"),
    AGENT_ATTRIBUTE("Mesos agent attribute");

    private final String description;

    Attribute(String description) {
        this.description = description;
    }

    /** The attribute's description within a sentence. */
    public String description() {
        return description;
    }

    /**
     * Parses a name in the policy table.
     *
     * @throws IllegalArgumentException if no attribute has that name
     */
    public static Attribute parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
