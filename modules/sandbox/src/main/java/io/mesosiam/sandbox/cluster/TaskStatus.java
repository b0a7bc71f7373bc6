package io.mesosiam.sandbox.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * One status of a task.
 *
 * @param uuid UUID of an update that must be acknowledged, in Base64; absent in statuses of the master
 * @param placement where the task runs; absent in statuses of the master
 * @param executor the executor that reports it; absent in statuses of the master
 * @param unreachableSince set only on TASK_UNREACHABLE and its TASK_LOST twin
 */
public record TaskStatus(
        TaskState state,
        Instant at,
        String source,
        Optional<String> reason,
        Optional<String> message,
        Optional<String> uuid,
        Optional<String> executor,
        Optional<Placement> placement,
        Optional<Instant> unreachableSince) {}
