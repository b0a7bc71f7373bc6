package io.mesosiam.admin.revocation;

import io.mesosiam.policy.IamRole;
import java.util.Optional;
import java.util.UUID;

/** What a revocation takes credentials from. */
public sealed interface RevocationTarget {
    /** One lease: its task gets none of that name on that host again. */
    record OfLease(UUID id) implements RevocationTarget {}

    /** All launches of a task id, later ones too. */
    record OfTask(String frameworkId, String taskId) implements RevocationTarget {}

    /** Everything that a policy gives. */
    record OfPolicy(UUID id) implements RevocationTarget {}

    /** All sessions of an IAM role, whichever policy gives them. */
    record OfRole(IamRole iamRole) implements RevocationTarget {}

    /** All tasks on the host of a Mesos agent. */
    record OfAgent(String mesosAgentId) implements RevocationTarget {}

    default Optional<UUID> lease() {
        return this instanceof OfLease(UUID id) ? Optional.of(id) : Optional.empty();
    }

    default Optional<String> framework() {
        return this instanceof OfTask task ? Optional.of(task.frameworkId()) : Optional.empty();
    }

    default Optional<String> task() {
        return this instanceof OfTask task ? Optional.of(task.taskId()) : Optional.empty();
    }

    default Optional<UUID> policy() {
        return this instanceof OfPolicy(UUID id) ? Optional.of(id) : Optional.empty();
    }

    default Optional<String> role() {
        return this instanceof OfRole(IamRole role) ? Optional.of(role.arn()) : Optional.empty();
    }

    default Optional<String> agent() {
        return this instanceof OfAgent(String id) ? Optional.of(id) : Optional.empty();
    }
}
