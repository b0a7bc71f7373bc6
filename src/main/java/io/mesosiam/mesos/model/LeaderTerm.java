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
 * What one leader has reported since its term began. The next leader starts without this data, so it is discarded with
 * the term.
 *
 * @param justLaunched launches of the latest uninterrupted sequence of TASK_ADDED events
 * @param doubts runs that one poll reported and the concurrent stream did not
 */
record LeaderTerm(Registrations agents, ListedFrameworks frameworks, PVector<Launch> justLaunched, PSet<Doubt> doubts) {
    static final LeaderTerm NEW =
            new LeaderTerm(Registrations.NONE, ListedFrameworks.NONE, TreePVector.empty(), HashTreePSet.empty());

    /** A run that only a poll has reported so far. */
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

    /**
     * Records a stream event other than TASK_ADDED: the tasks of a returning Mesos agent are added in one uninterrupted
     * sequence.
     */
    LeaderTerm movedOn() {
        return new LeaderTerm(agents, frameworks, TreePVector.empty(), doubts);
    }

    LeaderTerm doubting(PSet<Doubt> next) {
        return new LeaderTerm(agents, frameworks, justLaunched, next);
    }

    /**
     * Whether a TASK_ADDED is a launch by the leader. The tasks of a returning Mesos agent are also added, but only on
     * the agent's report: before its AGENT_ADDED, or for a framework that is only recovered.
     */
    boolean launches(Task task) {
        return task.state() == TaskState.STAGING
                && agents.isRegistered(task.key().agent())
                && !frameworks.recovered().contains(task.key().framework());
    }
}
