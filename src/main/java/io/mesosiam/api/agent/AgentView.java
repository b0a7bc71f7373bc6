package io.mesosiam.api.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.channel.HostExposure;
import io.mesosiam.channel.LastFaults;
import io.mesosiam.exposure.TrialResult;
import io.mesosiam.policy.IamRole;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The agent of one host. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Agent",
        description = "The agent of one host. Fields that only the controller knows to which it is connected are absent"
                + " in the answers of others",
        requiredProperties = {"mesosAgentId", "registered", "deactivated", "connected", "tasks"})
public record AgentView(
        @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
        String mesosAgentId,

        @Schema(description = "Its host name, or that of its last claim", examples = "host7.example") @Nullable
        String hostname,

        @Schema(
                description = "Whether the Mesos agent is registered with the leading master. false: it is unreachable,"
                        + " has left, or has not come back since a failover")
        boolean registered,

        @Schema(description = "Whether an operator has deactivated or is draining the Mesos agent")
        boolean deactivated,

        @Schema(description = "Whether the host's agent is connected to the controller that answers")
        boolean connected,

        @Schema(
                description = "The controller that claimed the host last; absent if none did, or if the database"
                        + " has not answered",
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

        @Schema(description = "When its stream ended last; absent if none has", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant disconnectedAt,

        @Schema(description = "The agent's version, as it states it; absent if it never connected", examples = "1.0.0")
        @Nullable
        String agentVersion,

        @Schema(
                description = "When the certificate that the agent presented expires. Only its controller knows it",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        Instant certificateExpiration,

        @Schema(
                description =
                        "The newest version of the policies that the host has confirmed since its agent connected; absent"
                                + " if none. Only its controller knows it",
                examples = "17")
        @Nullable
        Long confirmedPolicyVersion,

        @Schema(description = "Number of live leases. Only its controller knows it", minimum = "0", examples = "12")
        @Nullable
        Long leases,

        @Schema(description = "Number of tasks on the host that have not ended", minimum = "0", examples = "14")
        long tasks,

        @Schema(
                description = "Number of those whose 'credentials' are none, as the list of tasks shows them. Only its"
                        + " controller knows it",
                minimum = "0",
                examples = "2")
        @Nullable
        Long tasksWithoutCredentials,

        @Schema(
                description =
                        "What containers of the host reach of the host's own IAM role, past the agent, as the agent"
                                + " finds out at its start and once a day; absent until it has. Only its controller knows it")
        @Nullable
        Exposure exposure,

        @Schema(
                description = "The last fault with which the controller that answers refused or ended a stream of the"
                        + " host, since it started; absent if there was none")
        @Nullable
        Fault lastFault) {
    /** What containers reach of the host's role. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "AgentExposure",
            description = "What containers of a host reach of the host's own IAM role",
            requiredProperties = {"state", "reached", "at"})
    public record Exposure(
            @Schema(
                    description =
                            "naked: the host has no role, and the agent alone answers its containers. not-naked: a"
                                    + " container reached another metadata service, or the host's role can assume a role of a"
                                    + " policy. unknown: the host has a role that no container reached, or something could not be"
                                    + " tried",
                    enumeration = {"naked", "not-naked", "unknown"},
                    examples = "naked")
            String state,

            @Schema(description = "The name of the host's role; absent if none was found", examples = "mesos-agent")
            @Nullable
            String hostRole,

            @Schema(
                    description = "The AWS account of that role; absent if the agent doesn't state it",
                    examples = "123456789012")
            @Nullable
            String hostAccount,

            @Schema(
                    description = "What could not be found out; absent if nothing",
                    examples = "3 more networks were not tried")
            @Nullable
            String unknown,

            @Schema(description = "The containers that reached another metadata service than the agent's, at most 32")
            List<Reached> reached,

            @Schema(
                    description =
                            "The roles of policies and launch grants, hub roles included, that the host's role can"
                                    + " assume, by ARN, at most " + MAX_ASSUMABLE
                                    + "; absent until they are tried, which is a setting of the"
                                    + " controllers. The result is of all hosts that have the role",
                    maxItems = MAX_ASSUMABLE,
                    examples = "[\"arn:aws:iam::123456789012:role/reports\"]")
            @Nullable
            List<String> assumable,

            @Schema(description = "How many roles were tried as the host's role; absent until they are") @Nullable
            RoleTrials roleTrials,

            @Schema(description = "When the agent reported it", examples = Docs.TIME_EXAMPLE)
            Instant at) {
        private static final int MAX_ASSUMABLE = 100;

        static Exposure of(HostExposure found, Optional<TrialResult> tried) {
            boolean assumes =
                    tried.filter(known -> !known.assumable().isEmpty()).isPresent();
            return new Exposure(
                    found.state(assumes).name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    found.hostRole().orElse(null),
                    found.hostAccount().orElse(null),
                    found.unknown().orElse(null),
                    found.reached().stream()
                            .map(one -> new Reached(one.containerId(), one.address()))
                            .toList(),
                    tried.map(known -> known.assumable().stream()
                                    .limit(MAX_ASSUMABLE)
                                    .map(IamRole::arn)
                                    .toList())
                            .orElse(null),
                    tried.map(RoleTrials::of).orElse(null),
                    found.at());
        }
    }

    /** How many roles were tried as the role of hosts. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "AgentRoleTrials",
            description = "How many roles of policies were tried as the host's role",
            requiredProperties = {"assumable", "refused", "untried", "at"})
    public record RoleTrials(
            @Schema(description = "Roles that it can assume", minimum = "0", examples = "1")
            int assumable,

            @Schema(description = "Roles that STS refused to it", minimum = "0", examples = "211")
            int refused,

            @Schema(
                    description = "Roles that gave no result; they are tried again after an hour",
                    minimum = "0",
                    examples = "0")
            int untried,

            @Schema(
                    description = "Why one of those gave none; absent if all did",
                    examples = "STS answers with status 400 and code Throttling")
            @Nullable
            String reason,

            @Schema(description = "When a host with the role answered last", examples = Docs.TIME_EXAMPLE)
            Instant at) {
        static RoleTrials of(TrialResult tried) {
            return new RoleTrials(
                    tried.assumable().size(),
                    tried.refused(),
                    tried.untried(),
                    tried.reason().orElse(null),
                    tried.at());
        }
    }

    /** A container that reached another metadata service. */
    @RegisterForReflection
    @Schema(
            name = "AgentReached",
            description = "A container that reached another metadata service than the agent's",
            requiredProperties = {"containerId", "address"})
    public record Reached(
            @Schema(description = Docs.CONTAINER_ID, examples = Docs.CONTAINER_ID_EXAMPLE)
            String containerId,

            @Schema(description = "The address that it requested", examples = "169.254.169.254")
            String address) {}

    /** The end or the refusal of a stream. */
    @RegisterForReflection
    @Schema(
            name = "AgentFault",
            description = "The end or the refusal of an agent's stream",
            requiredProperties = {"code", "message", "lasting", "at", "address"})
    public record Fault(
            @Schema(description = "Its stable code", examples = "not-registered")
            String code,

            @Schema(
                    description = "The message that the agent received",
                    examples = "the host has a newer stream; if this repeats, two agents have one certificate")
            String message,

            @Schema(description = "Whether it lasts until an operator acts; the agent tries again after minutes")
            boolean lasting,

            @Schema(description = "When", examples = Docs.TIME_EXAMPLE)
            Instant at,

            @Schema(description = "The address that the stream came from", examples = "192.0.2.7:41234")
            String address) {
        static Fault of(LastFaults.LastFault fault) {
            return new Fault(fault.code(), fault.message(), fault.lasting(), fault.at(), fault.address());
        }
    }
}
