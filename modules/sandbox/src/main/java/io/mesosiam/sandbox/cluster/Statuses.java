package io.mesosiam.sandbox.cluster;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/** Creates statuses as executors and masters do. */
record Statuses(InstantSource clock) {
    /** A status of an executor: it must be acknowledged, and has its container. */
    TaskStatus byExecutor(TaskSpec spec, TaskState state, Optional<String> message, Optional<Placement> placement) {
        return new TaskStatus(
                state,
                clock.instant(),
                "SOURCE_EXECUTOR",
                Optional.empty(),
                message,
                Optional.of(uuid()),
                Optional.of(spec.statusExecutorId()),
                placement,
                Optional.empty());
    }

    /** A status of a master: it has no container, and is not acknowledged. */
    TaskStatus byMaster(TaskState state, String reason, String message) {
        return byMaster(state, reason, message, Optional.empty());
    }

    TaskStatus unreachable(TaskState state, Instant since) {
        return byMaster(state, "REASON_AGENT_REMOVED", "health check timed out", Optional.of(since));
    }

    private TaskStatus byMaster(TaskState state, String reason, String message, Optional<Instant> unreachableSince) {
        return new TaskStatus(
                state,
                clock.instant(),
                "SOURCE_MASTER",
                Optional.of(reason),
                Optional.of(message),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                unreachableSince);
    }

    private static String uuid() {
        UUID random = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits())
                .array();
        return Base64.getEncoder().encodeToString(bytes);
    }
}
