package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import java.util.Optional;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;
import org.pcollections.PVector;
import org.pcollections.TreePVector;

/**
 * What one leader has shown and said since it leads. The next one knows nothing of it yet: none of it outlives the reign.
 *
 * @param justLaunched launches of the TASK_ADDED events since the last other one
 * @param doubts what one poll said that the stream beside it didn't
 */
record LeaderTerm(Registrations agents, ListedFrameworks frameworks, PVector<Launch> justLaunched, PSet<Doubt> doubts) {
    static final LeaderTerm NEW =
            new LeaderTerm(Registrations.NONE, ListedFrameworks.NONE, TreePVector.empty(), HashTreePSet.empty());

    /** A run that only a poll has told of so far. */
    record Doubt(TaskKey key, Optional<ContainerId> container) {}

    LeaderTerm with(Registrations next) {
        return new LeaderTerm(next, frameworks, justLaunched, doubts);
    }

    LeaderTerm with(ListedFrameworks next) {
        return new LeaderTerm(agents, next, justLaunched, doubts);
    }

    LeaderTerm launched(Launch launch) {
        return new LeaderTerm(agents, frameworks, justLaunched.plus(launch), doubts);
    }

    /** The stream said something else than TASK_ADDED: what comes back with a Mesos agent comes in one go. */
    LeaderTerm movedOn() {
        return new LeaderTerm(agents, frameworks, TreePVector.empty(), doubts);
    }

    LeaderTerm doubting(PSet<Doubt> next) {
        return new LeaderTerm(agents, frameworks, justLaunched, next);
    }

    /**
     * Whether a TASK_ADDED is the leader's own launch. A Mesos agent that comes back has its tasks added too, and what it
     * reports is only its word: those come before its AGENT_ADDED, or for a framework that is merely recovered.
     */
    boolean launches(Task task) {
        return task.state() == TaskState.STAGING
                && agents.isRegistered(task.key().agent())
                && !frameworks.recovered().contains(task.key().framework());
    }
}
