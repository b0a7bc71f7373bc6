package io.mesosiam.api.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.fleet.ControllerState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a controller says of itself. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "ControllerState",
        description = "What a controller says of itself",
        requiredProperties = {"version", "startedAt", "notReady", "policyVersion", "connectedHosts", "journalWaiting"})
record ControllerStateView(
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
                maxItems = ControllerState.LISTED)
        List<String> notReady,

        @Schema(description = "Who drained it; absent if it is not drained") @Nullable
        DrainView drain,

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
    /** A drain of a controller. */
    @Schema(
            name = "ControllerDrain",
            description = "Who drained a controller",
            requiredProperties = {"since", "by", "reason"})
    record DrainView(
            @Schema(description = "Since when", examples = "2026-01-02T03:04:05.678Z")
            Instant since,

            @Schema(description = "The caller that began it", examples = "oidc:alice@example.org")
            String by,

            @Schema(description = "Why, as that caller stated", examples = "kernel update")
            String reason) {
        static DrainView of(ControllerState.Drain drain) {
            return new DrainView(drain.since(), drain.by(), drain.reason());
        }
    }

    static ControllerStateView of(ControllerState state) {
        return new ControllerStateView(
                state.version(),
                state.startedAt(),
                state.notReady(),
                Optional.ofNullable(state.drain()).map(DrainView::of).orElse(null),
                state.mesosLeader(),
                state.mesosEventAgeSeconds(),
                state.policyVersion(),
                state.policyReadAgeSeconds(),
                state.connectedHosts(),
                state.journalWaiting(),
                state.databaseAwaySince());
    }
}
