package io.mesosiam.sandbox.mesos;

import java.time.Instant;
import java.util.Optional;

/**
 * One status of a task.
 *
 * @param uuid of updates that must be acknowledged, in Base64; a master's own have none
 * @param placement a master's own have none
 * @param executor whose executor says so; a master's own have none
 * @param unreachableSince set only on TASK_UNREACHABLE and its TASK_LOST twin
 */
record TaskStatus(
        TaskState state,
        Instant at,
        String source,
        Optional<String> reason,
        Optional<String> message,
        Optional<String> uuid,
        Optional<String> executor,
        Optional<Placement> placement,
        Optional<Instant> unreachableSince) {

    boolean byMaster() {
        return source.equals("SOURCE_MASTER");
    }
}
