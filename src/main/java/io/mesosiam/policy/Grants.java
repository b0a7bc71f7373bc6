package io.mesosiam.policy;

import java.util.List;
import java.util.Optional;

/** The launch grants that can be for a task. */
public interface Grants {
    /** There is no grant. */
    Grants NONE = _ -> List.of();

    /** The grants that name the task by its id, or that a label of the task names. The decision says whether they fit it. */
    List<Candidate> of(Subject subject);

    /** The grant with this id, in the form of a policy. */
    default Optional<Policy> find(PolicyId id) {
        return Optional.empty();
    }

    /** Why a launch grant gives no launch anything any more, in a few words; empty if it may still give something. */
    default Optional<String> over(PolicyId grant) {
        return Optional.empty();
    }

    /**
     * A grant that can be for a task.
     *
     * @param policy an allow for the tasks that the grant fits
     */
    record Candidate(Policy policy, Use use) {}

    /** The use that one launch has of a grant that fits it. */
    sealed interface Use {
        /** No launch has the grant yet. It gives the launch nothing until it is bound to it. */
        record Unbound() implements Use {}

        /**
         * It isn't known yet what the grant gives the launch.
         *
         * @param why for operators
         */
        record Undecided(String why) implements Use {}

        /** The grant is bound to the launch. */
        record Bound() implements Use {}

        /**
         * The grant gives the launch nothing.
         *
         * @param what in a few words that the task may be shown, such as {@code is suspended}
         * @param why for operators
         * @param contested whether it is bound to another launch, and both claim it by the label
         */
        record None(String what, String why, boolean contested) implements Use {}
    }
}
