package io.mesosiam.policy.grant;

import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import java.util.Optional;
import java.util.UUID;

/**
 * One row of table {@code launch_grant}.
 *
 * @param policy the grant as an allow for the tasks that it fits; its name is the id of the grant
 * @param taskId the exact id of the task; empty if a label of the task names the grant
 */
public record LaunchGrant(Policy policy, Optional<String> taskId, State state) {
    /** The key of the task's label that has the id of the grant. */
    public static final String LABEL = "mesos-iam/grant";

    /** What has become of the grant. */
    public sealed interface State {
        /** What has or had the grant; empty if nothing has. */
        default Optional<TaskContainer> holder() {
            return Optional.empty();
        }

        /** No launch has it yet. */
        record Unbound() implements State {}

        /** The launch in this container has it. */
        record Bound(TaskContainer to) implements State {
            @Override
            public Optional<TaskContainer> holder() {
                return Optional.of(to);
            }
        }

        /**
         * Two launches claimed it.
         *
         * @param reason names them, for operators
         */
        record Suspended(String reason, Optional<TaskContainer> holder) implements State {}

        /**
         * It has ended.
         *
         * @param how in a few words, such as {@code was revoked}
         */
        record Ended(String how, Optional<TaskContainer> holder) implements State {}
    }

    public UUID id() {
        return policy.id().value();
    }

    /** The label by which a task names the grant. */
    public static Selector.HasLabel label(UUID id) {
        return new Selector.HasLabel(LABEL, Optional.of(id.toString()));
    }

    /** What it gives. */
    public Entitlement entitlement() {
        return switch (policy.rule()) {
            case Rule.Allow allow -> allow.entitlement();
            case Rule.Deny _ -> throw new IllegalStateException("a grant allows");
        };
    }
}
