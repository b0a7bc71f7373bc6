package io.mesosiam.api.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The host of a Mesos agent. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Host",
        description = "The host of a Mesos agent",
        requiredProperties = {"mesosAgentId", "registered", "deactivated", "connected"})
record HostView(
        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        String mesosAgentId,

        @Schema(description = "Its host name; absent if the cluster doesn't show it", examples = "host7.example")
        @Nullable
        String hostname,

        @Schema(description = "Whether the Mesos agent is registered with the leading master")
        boolean registered,

        @Schema(description = "Whether an operator has deactivated or is draining the Mesos agent")
        boolean deactivated,

        @Schema(description = "Whether the host's agent is connected to the controller that answers")
        boolean connected,

        @Schema(
                description =
                        "The newest version of the policies that the host has confirmed since its agent connected; absent"
                                + " if none",
                examples = "17")
        @Nullable
        Long confirmedPolicyVersion) {}
