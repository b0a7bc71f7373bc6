package io.mesosiam.sandbox.cluster;

import java.util.List;

/**
 * A task as its framework launches it. Texts are empty where a field is absent.
 *
 * @param role the role its resources are allocated to
 * @param executorId id of a pod's or a custom executor; empty for a command task
 * @param user user of its command; empty if the framework's applies
 * @param image its container's image
 */
public record TaskSpec(
        String id,
        String frameworkId,
        String agentId,
        String role,
        String executorId,
        String user,
        String image,
        List<Label> labels) {
    public TaskSpec {
        labels = List.copyOf(labels);
    }

    /** A command task with the mandatory fields only. */
    public static TaskSpec command(String id, String frameworkId, String agentId, String role) {
        return new TaskSpec(id, frameworkId, agentId, role, "", "", "", List.of());
    }

    /** One of the tasks of a pod. */
    public static TaskSpec ofPod(String executorId, String id, String frameworkId, String agentId, String role) {
        return new TaskSpec(id, frameworkId, agentId, role, executorId, "", "", List.of());
    }

    public TaskSpec with(Label... more) {
        return new TaskSpec(id, frameworkId, agentId, role, executorId, user, image, List.of(more));
    }

    public TaskKey key() {
        return new TaskKey(frameworkId, id);
    }

    /** The executor id in statuses: for a command task, the id of the task. */
    String statusExecutorId() {
        return executorId.isEmpty() ? id : executorId;
    }

    /** A label of a task; {@code value} is empty if it has none. */
    public record Label(String key, String value) {}
}
