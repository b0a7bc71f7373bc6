package io.mesosiam.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a controller says of itself.
 *
 * @param startedAt by its clock
 * @param notReady the readiness checks that are down, or don't answer
 * @param drain absent if it is not drained
 * @param mesosLeader the master that it followed last
 * @param mesosEventAgeSeconds time since that master last sent something
 * @param policyVersion by which it decides; 0 before the first
 * @param policyReadAgeSeconds time since it last read the policies, or found them unchanged
 * @param connectedHosts hosts whose agents are connected to it
 * @param journalWaiting rows and audit events that it has not written yet
 * @param databaseAwaySince since when it can't write them; absent if it can
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ControllerState(
        String version,
        Instant startedAt,
        List<String> notReady,
        @Nullable Drain drain,
        @Nullable String mesosLeader,
        @Nullable Long mesosEventAgeSeconds,
        long policyVersion,
        @Nullable Long policyReadAgeSeconds,
        long connectedHosts,
        int journalWaiting,
        @Nullable Instant databaseAwaySince) {
    /** Number of checks that are named. */
    public static final int LISTED = 100;

    /** A row that lacks a text or a list, or has null in a list, can't be read. */
    public ControllerState {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(startedAt, "startedAt");
        notReady = List.copyOf(notReady.stream().limit(LISTED).toList());
    }

    /**
     * A drain of a controller.
     *
     * @param by the caller that began it
     * @param reason as that caller stated
     */
    public record Drain(Instant since, String by, String reason) {
        public Drain {
            Objects.requireNonNull(since, "since");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
