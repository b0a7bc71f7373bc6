package io.mesosiam.mesos;

/** A task's state by the v1 API's {@code TaskState}; a value that a later Mesos adds reads as {@link #UNKNOWN}. */
public enum TaskState {
    STAGING(false),
    STARTING(false),
    RUNNING(false),
    KILLING(false),
    UNREACHABLE(false),
    /** Merely unreachable to frameworks that are not partition-aware: proves an end only together with other facts. */
    LOST(false),
    FINISHED(true),
    FAILED(true),
    KILLED(true),
    ERROR(true),
    DROPPED(true),
    GONE(true),
    GONE_BY_OPERATOR(true),
    UNKNOWN(false);

    private final boolean end;

    TaskState(boolean end) {
        this.end = end;
    }

    /** Whether a task in this state has ended for certain. */
    public boolean isEnd() {
        return end;
    }

    /** Reads Mesos's own name, {@code TASK_RUNNING}. */
    public static TaskState parse(String name) {
        for (TaskState state : values()) {
            if (name.startsWith("TASK_") && name.substring(5).equals(state.name())) {
                return state;
            }
        }
        return UNKNOWN;
    }
}
