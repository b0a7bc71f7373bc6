package io.mesosiam.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a controller says of itself, in its row and in the API. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "ControllerState",
        description = "What a controller says of itself",
        requiredProperties = {"version", "startedAt", "notReady", "policyVersion", "connectedHosts", "journalWaiting"})
public record ControllerState(
        @Schema(description = "Its version", examples = "1.0.0")
        String version,

        @Schema(description = "When it started, by its clock", examples = "2026-01-02T03:04:05.678Z")
        Instant startedAt,

        @Schema(
                description =
                        "The readiness checks that were down, or have not answered for 10 s; none if it was ready. They"
                                + " run every 10 s. mesos: no leading master answers; aws: STS can't be called."
                                + " /health/ready of that controller says why",
                examples = "[\"mesos\"]",
                maxItems = LISTED)
        List<String> notReady,

        @Schema(description = "Who drained it; absent if it is not drained") @Nullable
        Drain drain,

        @Schema(
                description = "The master that it followed last; absent before the first",
                examples = "http://10.0.0.1:5050")
        @Nullable
        String mesosLeader,

        @Schema(
                description = "Time since that master last sent something, in seconds; absent before the first time",
                minimum = "0",
                examples = "3")
        @Nullable
        Long mesosEventAgeSeconds,

        @Schema(
                description = "The version of the policies by which it decides; 0 before the first",
                minimum = "0",
                examples = "17")
        long policyVersion,

        @Schema(
                description =
                        "Time since it last read the policies, or found them unchanged, in seconds; absent before the first time",
                minimum = "0",
                examples = "1")
        @Nullable
        Long policyReadAgeSeconds,

        @Schema(description = "Hosts whose agents are connected to it", minimum = "0", examples = "40")
        long connectedHosts,

        @Schema(
                description = "Rows and audit events that it has not written to the database yet",
                minimum = "0",
                examples = "0")
        int journalWaiting,

        @Schema(
                description = "Since when its journal can't be written to the database; absent if it can",
                examples = "2026-01-02T03:04:05.678Z")
        @Nullable
        Instant databaseAwaySince) {
    static final int LISTED = 100;

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
     */
    @Schema(
            name = "ControllerDrain",
            description = "Who drained a controller",
            requiredProperties = {"since", "by", "reason"})
    public record Drain(
            @Schema(description = "Since when", examples = "2026-01-02T03:04:05.678Z")
            Instant since,

            @Schema(description = "The caller that began it", examples = "oidc:alice@example.org")
            String by,

            @Schema(description = "Why, as that caller stated", examples = "kernel update")
            String reason) {
        public Drain {
            Objects.requireNonNull(since, "since");
            Objects.requireNonNull(by, "by");
            Objects.requireNonNull(reason, "reason");
        }
    }
}
