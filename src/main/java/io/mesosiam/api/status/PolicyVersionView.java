package io.mesosiam.api.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.lease.reconcile.PolicyEffect;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How far a version of the policies has come. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PolicyVersion",
        description = "How far a version of the policies has come at one controller",
        requiredProperties = {
            "controller",
            "version",
            "inEffect",
            "readVersion",
            "decidedVersion",
            "undecidedTasks",
            "hosts",
            "hostsInEffect",
            "hostsBehind"
        })
record PolicyVersionView(
        @Schema(description = Docs.CONTROLLER, examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(description = "The version that is asked about", minimum = "0", examples = "17")
        long version,

        @Schema(
                description =
                        "Whether every task is decided by this version or a newer one, and every connected host has"
                                + " confirmed that it serves the result. Sessions that STS has not issued yet may follow")
        boolean inEffect,

        @Schema(
                description = "The version by which the controller decides; 0 before the first",
                minimum = "0",
                examples = "17")
        long readVersion,

        @Schema(
                description = "The newest version by which every task has been decided; 0 while the controller doesn't"
                        + " know the tasks",
                minimum = "0",
                examples = "17")
        long decidedVersion,

        @Schema(
                description = "Tasks that 'readVersion' may concern and that are not decided by it yet",
                minimum = "0",
                examples = "0")
        int undecidedTasks,

        @Schema(description = "Hosts whose agents are connected to this controller", minimum = "0", examples = "40")
        long hosts,

        @Schema(description = "Those among them that serve the version or a newer one", minimum = "0", examples = "40")
        long hostsInEffect,

        @Schema(
                description = "The first 100 of the other hosts, by id; absent for callers without a role in /",
                maxItems = LISTED)
        @Nullable
        List<Host> behind,

        @Schema(description = "Number of the other hosts", minimum = "0", examples = "0")
        long hostsBehind) {
    static final int LISTED = 100;

    /**
     * A host that doesn't serve the version yet.
     *
     * @param confirmedVersion the newest version that it has confirmed on this connection; absent if none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "HostBehind",
            description = "A host that has not confirmed the version",
            requiredProperties = {"mesosAgentId"})
    record Host(
            @Schema(description = Docs.MESOS_AGENT_ID, examples = Docs.MESOS_AGENT_ID_EXAMPLE)
            String mesosAgentId,

            @Schema(
                    description =
                            "The newest version that the host has confirmed since its agent connected. Absent if none:"
                                    + " agents from before this feature confirm nothing",
                    examples = "16")
            @Nullable
            Long confirmedVersion) {
        static Host of(Map.Entry<MesosAgentId, Long> host) {
            return new Host(host.getKey().value(), host.getValue() == 0 ? null : host.getValue());
        }
    }

    static PolicyVersionView of(String controller, long version, PolicyEffect effect, boolean withHosts) {
        long hosts = effect.hosts().size();
        long inEffect = effect.inEffect(version);
        List<Host> behind = effect.hosts().entrySet().stream()
                .filter(_ -> withHosts)
                .filter(host -> host.getValue() < version)
                .sorted(Comparator.comparing(host -> host.getKey().value()))
                .limit(LISTED)
                .map(Host::of)
                .toList();
        return new PolicyVersionView(
                controller,
                version,
                effect.decided() >= version && inEffect == hosts,
                effect.read(),
                effect.decided(),
                effect.undecided(),
                hosts,
                inEffect,
                withHosts ? behind : null,
                hosts - inEffect);
    }
}
