package io.mesosiam.lease;

import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.PolicyId;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Records what launches make of launch grants. A write is tried until the database has it; the first of two wins, also among
 * controllers. Its result arrives with the grants that are read after it. Every method returns at once.
 */
public interface GrantRows {
    /** Records nothing. */
    GrantRows NONE = new GrantRows() {
        @Override
        public void bind(PolicyId grant, Launch launch) {}

        @Override
        public void suspend(PolicyId grant, Launch second, Predicate<Launch> hasEnded) {}

        @Override
        public void ended(Launch launch, Set<PolicyId> gave, boolean certain) {}
    };

    /** Binds a grant to a launch, unless it is bound or has ended. */
    void bind(PolicyId grant, Launch launch);

    /**
     * Suspends a grant that is bound to another launch, because a second one claims it.
     *
     * @param hasEnded whether a launch has ended; if the bound one has, the grant ends instead
     */
    void suspend(PolicyId grant, Launch second, Predicate<Launch> hasEnded);

    /**
     * Ends the grants of a launch whose task has ended, and those that its number names. Another controller that bound one may
     * have numbered the launch differently.
     *
     * @param gave the grants that gave the launch a lease
     * @param certain false: of those that its number names, only the ones that this controller has bound
     */
    void ended(Launch launch, Set<PolicyId> gave, boolean certain);
}
