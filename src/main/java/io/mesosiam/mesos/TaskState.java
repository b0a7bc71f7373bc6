package io.mesosiam.mesos;

/**
 * A task's state, as in the v1 API's {@code TaskState}. Values of later Mesos versions are parsed as {@link #UNKNOWN}.
 */
public enum TaskState {
    STAGING(false),
    STARTING(false),
    RUNNING(false),
    KILLING(false),
    UNREACHABLE(false),
    /**
     * For frameworks that are not partition-aware this can mean unreachable; it proves an end only together with other
     * facts.
     */
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

    /** Whether this state proves that the task has ended. */
    public boolean isEnd() {
        return end;
    }

    /** Parses Mesos's name, such as {@code TASK_RUNNING}. */
    public static TaskState parse(String name) {
        for (TaskState state : values()) {
            if (name.startsWith("TASK_") && name.substring(5).equals(state.name())) {
                return state;
            }
        }
        return UNKNOWN;
    }
}
