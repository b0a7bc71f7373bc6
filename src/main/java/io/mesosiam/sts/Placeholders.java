package io.mesosiam.sts;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Sharing;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of the {@code {placeholders}} in a policy's texts for one launch. Values are inserted literally;
 * placeholders within values are not expanded. {@code {task:safe}} inserts the result of {@link SafeText}.
 */
record Placeholders(LaunchedTask task, CredentialName name, Sharing sharing) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

    /**
     * Fills in a text.
     *
     * @param field the policy's field, for the error message
     * @throws IllegalArgumentException if a placeholder is unknown or has no value
     */
    String fill(String field, String template) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(value(field, match.group(1))));
    }

    private static final String SAFE = ":safe";

    private String value(String field, String placeholder) {
        return placeholder.endsWith(SAFE)
                ? SafeText.of(plain(field, placeholder.substring(0, placeholder.length() - SAFE.length())))
                : plain(field, placeholder);
    }

    private String plain(String field, String placeholder) {
        return switch (placeholder) {
            case "framework" -> task.launch().key().framework().value();
            case "task" -> own(field, placeholder, task.launch().key().task().value());
            case "container" -> own(field, placeholder, container(field));
            case "mesos-role" -> task.task().role().value();
            case "name" -> name.value();
            default ->
                throw new IllegalArgumentException(
                        field + ": no placeholder {" + FieldText.abbreviate(placeholder)
                                + "}; there are {framework}, {task}, {container}, {mesos-role} and {name}, each also as {task:safe}");
        };
    }

    private String own(String field, String placeholder, String value) {
        if (sharing == Sharing.ROLE) {
            throw new IllegalArgumentException(
                    field + ": {" + placeholder + "} differs between tasks, but the session is shared");
        }
        return value;
    }

    /** The container id can't be filled in later, because the session's identity would change. */
    private String container(String field) {
        return task.task()
                .container()
                .map(ContainerId::toString)
                .orElseThrow(() -> new IllegalArgumentException(
                        field + ": {container} is not known before the task's first status names it"));
    }
}
