package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.ownership.HostOwners;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The agent of a launch's host, and the controller that owns the host. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "ExplainedHost",
        description = "The agent of the task's host, and the controller that has it",
        requiredProperties = {"connectedHere", "evicted"})
public record ExplainedHost(
        @Schema(
                description = "Whether the host's agent is connected to the answering controller, which then has the"
                        + " host's leases")
        boolean connectedHere,

        @Schema(
                description = "The controller that claimed the host last; absent if none did, or if the database"
                        + " doesn't answer",
                examples = "master2.example")
        @Nullable
        String controllerId,

        @Schema(
                description = "The state of the host's agent, as that controller last recorded it",
                enumeration = {"connected", "draining", "disconnected"},
                examples = "connected")
        @Nullable
        String state,

        @Schema(description = "When the host's agent connected last", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant connectedAt,

        @Schema(description = "Whether the host is evicted: its tasks have no credentials until it is admitted again")
        boolean evicted) {
    static ExplainedHost of(boolean connectedHere, Optional<HostOwners.Owner> owner) {
        return new ExplainedHost(
                connectedHere,
                owner.flatMap(HostOwners.Owner::controllerId).orElse(null),
                owner.map(HostOwners.Owner::state).orElse(null),
                owner.flatMap(HostOwners.Owner::connectedAt).orElse(null),
                owner.filter(HostOwners.Owner::evicted).isPresent());
    }
}
