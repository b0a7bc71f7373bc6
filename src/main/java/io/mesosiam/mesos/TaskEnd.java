package io.mesosiam.mesos;

/**
 * Why a task is known to have ended. Each case is a fact with its source; that a Mesos agent is unreachable, or that a
 * task is merely not listed, is not among them.
 */
public sealed interface TaskEnd {
    /** The end in words, for audit lines: {@code TASK_FINISHED}, {@code framework removed}. */
    String describe();

    /** The master passed on, or listed, a terminal state other than TASK_LOST. */
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

    /** TASK_LOST from the executor or the Mesos agent itself, not from a master that lost sight of it. */
    record LostAtSource(String source) implements TaskEnd {
        @Override
        public String describe() {
            return "TASK_LOST by " + source;
        }
    }

    /** TASK_LOST and AGENT_REMOVED of its Mesos agent. */
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

    /** The same framework started the same task id again on the same Mesos agent, which Mesos refuses while it runs. */
    record Relaunched(long sequence) implements TaskEnd {
        @Override
        public String describe() {
            return "launched again as run " + sequence;
        }
    }

    /** Twice missing from whole snapshots of one leader that were asked for after all that was heard of it. */
    record Absent(String leader) implements TaskEnd {
        @Override
        public String describe() {
            return "absent from two whole snapshots of master " + leader;
        }
    }

    /** Our agent on the host saw the bound container end. */
    record ContainerEnded(ContainerId container) implements TaskEnd {
        @Override
        public String describe() {
            return "container " + container + " ended";
        }
    }

    /** EC2 says that the host's instance is terminated. */
    record InstanceTerminated(String instance) implements TaskEnd {
        @Override
        public String describe() {
            return "instance " + instance + " terminated";
        }
    }
}
