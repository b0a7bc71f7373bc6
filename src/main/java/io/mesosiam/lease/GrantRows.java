package io.mesosiam.lease;

import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.PolicyId;
import java.util.function.Predicate;

/**
 * Records what launches make of launch grants. A write is tried until the database has it; the first of two wins, also among
 * controllers. Its result arrives with the grants that are read after it. Every method returns at once.
 */
public interface GrantRows {
    /** Records nothing. */
    GrantRows NONE = new GrantRows() {
        @Override
        public void bind(PolicyId grant, TaskContainer launch) {}

        @Override
        public void suspend(PolicyId grant, TaskContainer second, Predicate<TaskContainer> hasEnded) {}

        @Override
        public void ended(TaskContainer launch) {}
    };

    /** Binds a grant to a launch, unless it is bound or has ended. */
    void bind(PolicyId grant, TaskContainer launch);

    /**
     * Suspends a grant that is bound to another launch, because a second one claims it.
     *
     * @param hasEnded whether a launch is known to have ended; if the bound one has, the grant ends instead
     */
    void suspend(PolicyId grant, TaskContainer second, Predicate<TaskContainer> hasEnded);

    /** Ends the grants that are bound to a launch, whose task has ended. */
    void ended(TaskContainer launch);
}
