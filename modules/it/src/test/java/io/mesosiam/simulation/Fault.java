package io.mesosiam.simulation;

/** A kind of fault. Each seed has a random half of them. */
enum Fault {
    LEADER_ENDS,
    MESOS_AGENT_LOST,
    FRAMEWORK_HIDDEN,
    TASKS_HIDDEN,
    STREAM_OF_MASTER_CUT,
    MASTERS_UNREACHABLE,
    CONTROLLER_CRASHES,
    CONTROLLER_STOPS,
    AGENT_RESTARTS,
    STREAM_CUT,
    PATH_BLOCKED,
    DATABASE_AWAY,
    ANSWERS_LOST,
    JOURNAL_STALLS,
    STS_AWAY,
    ROLE_DENIED,
    ROLE_THROTTLED
}
