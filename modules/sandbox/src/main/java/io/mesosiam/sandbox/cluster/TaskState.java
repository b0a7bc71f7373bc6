package io.mesosiam.sandbox.cluster;

/** The states of TaskState in mesos.proto that this cluster uses. */
public enum TaskState {
    STAGING,
    STARTING,
    RUNNING,
    KILLING,
    FINISHED,
    FAILED,
    KILLED,
    LOST,
    UNREACHABLE,
    GONE_BY_OPERATOR;

    /** The value in JSON. */
    public String wire() {
        return "TASK_" + name();
    }

    boolean terminal() {
        return switch (this) {
            case FINISHED, FAILED, KILLED, LOST, GONE_BY_OPERATOR -> true;
            case STAGING, STARTING, RUNNING, KILLING, UNREACHABLE -> false;
        };
    }
}
