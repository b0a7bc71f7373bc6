package io.mesosiam.mesos;

/**
 * The proven reason for which a task has ended. Each case is a fact with its source. An unreachable Mesos agent or a
 * task missing from one listing is not a reason.
 */
public sealed interface TaskEnd {
    /** A description for audit lines, such as {@code TASK_FINISHED} or {@code framework removed}. */
    String describe();

    /** The master forwarded or listed a terminal state other than TASK_LOST. */
    record Terminal(TaskState state) implements TaskEnd {
        public Terminal {
            if (!state.isEnd()) {
                throw new IllegalArgumentException(state + " does not prove an end");
            }
        }

        @Override
        public String describe() {
            return "TASK_" + state;
        }
    }

    /**
     * TASK_LOST from the executor or the Mesos agent itself. A master also reports TASK_LOST for unreachable tasks,
     * which is not an end.
     */
    record LostAtSource(String source) implements TaskEnd {
        @Override
        public String describe() {
            return "TASK_LOST by " + source;
        }
    }

    /** TASK_LOST, and its Mesos agent was removed. */
    record AgentRemoved(MesosAgentId agent) implements TaskEnd {
        @Override
        public String describe() {
            return "TASK_LOST with Mesos agent " + agent + " removed";
        }
    }

    /** FRAMEWORK_REMOVED. */
    record FrameworkRemoved(FrameworkId framework) implements TaskEnd {
        @Override
        public String describe() {
            return "framework " + framework + " removed";
        }
    }

    /**
     * The same framework started the same task id again on the same Mesos agent. Mesos refuses that while the task
     * runs.
     */
    record Relaunched(long sequence) implements TaskEnd {
        @Override
        public String describe() {
            return "launched again as run " + sequence;
        }
    }

    /**
     * Missing from two consecutive complete snapshots of one leader, both requested after the last event about the
     * task.
     */
    record Absent(String leader) implements TaskEnd {
        @Override
        public String describe() {
            return "absent from two whole snapshots of master " + leader;
        }
    }

    /** The agent on the host observed the end of the bound container. */
    record ContainerEnded(ContainerId container) implements TaskEnd {
        @Override
        public String describe() {
            return "container " + container + " ended";
        }
    }

    /** EC2 reports the host's instance as terminated. */
    record InstanceTerminated(String instance) implements TaskEnd {
        @Override
        public String describe() {
            return "instance " + instance + " terminated";
        }
    }
}
