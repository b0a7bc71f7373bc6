package io.mesosiam.api.status;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.fleet.Fleet;
import io.mesosiam.fleet.StatedController;
import io.mesosiam.fleet.StatedEffect;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How far a version of the policies has come. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "PolicyVersion",
        description =
                "How far a version of the policies has come at all controllers. Numbers are of those whose state is known",
        requiredProperties = {
            "controller",
            "version",
            "inEffect",
            "complete",
            "readVersion",
            "decidedVersion",
            "undecidedTasks",
            "hosts",
            "hostsInEffect",
            "hostsBehind",
            "unknownControllers"
        })
record PolicyVersionView(
        @Schema(description = "The id of the controller that answers", examples = Docs.CONTROLLER_EXAMPLE)
        String controller,

        @Schema(description = "The version that is asked about", minimum = "0", examples = "17")
        long version,

        @Schema(
                description =
                        "Whether every controller has decided every task by this version or a newer one, and every connected"
                                + " host has confirmed that it serves the result. Sessions that STS has not issued yet may follow."
                                + " False while the state of a controller is not known, and while a host without a controller has"
                                + " sessions")
        boolean inEffect,

        @Schema(description = StatusView.COMPLETE) boolean complete,

        @Schema(
                description = "The lowest version by which a controller decides; 0 before the first",
                minimum = "0",
                examples = "17")
        long readVersion,

        @Schema(
                description =
                        "The newest version by which each controller has decided every task; 0 while one of them doesn't"
                                + " know the tasks",
                minimum = "0",
                examples = "17")
        long decidedVersion,

        @Schema(
                description = "Tasks that a controller's version may concern and that are not decided by it yet, at the"
                        + " controller that has most: each decides all tasks",
                minimum = "0",
                examples = "0")
        long undecidedTasks,

        @Schema(
                description =
                        "Hosts whose agents are connected, and those without a controller whose sessions have not expired. While"
                                + " a host moves to another controller, it may count twice for some seconds",
                minimum = "0",
                examples = "40")
        long hosts,

        @Schema(description = "Those among them that serve the version or a newer one", minimum = "0", examples = "40")
        long hostsInEffect,

        @Schema(
                description =
                        "The 100 of the other hosts that have confirmed the lowest versions, without those that have just connected;"
                                + " absent for callers without a role in /",
                maxItems = StatedEffect.LISTED)
        @Nullable
        List<Host> behind,

        @Schema(description = "Number of the other hosts", minimum = "0", examples = "0")
        long hostsBehind,

        @Schema(
                description = "The ids of the controllers whose state is not known; /api/v1/status says why",
                examples = "[\"controller-2\"]",
                maxItems = StatusView.MAX_CONTROLLERS)
        List<String> unknownControllers) {
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
                                    + " hosts without a controller, and agents from before this feature, confirm nothing",
                    examples = "16")
            @Nullable
            Long confirmedVersion) {
        static Host of(StatedEffect.Host host) {
            return new Host(host.mesosAgentId(), host.version() == 0 ? null : host.version());
        }
    }

    static PolicyVersionView of(String controller, long version, Fleet.Members members, boolean withHosts) {
        List<StatedEffect> known = members.all().stream()
                .flatMap(member -> member.stated().stream())
                .map(StatedController::effect)
                .toList();
        List<String> unknown = members.all().stream()
                .filter(member -> member.stated().isEmpty())
                .map(Fleet.Member::controllerId)
                .toList();
        long decided = each(known, StatedEffect::decided).min().orElse(0);
        long hosts = each(known, StatedEffect::hosts).sum()
                + members.all().stream().mapToLong(Fleet.Member::unstated).sum()
                + members.unconnected().hosts();
        long inEffect = each(known, effect -> effect.inEffect(version)).sum();
        List<Host> behind = Stream.concat(
                        members.unconnected().mesosAgentIds().stream().map(id -> new StatedEffect.Host(id, 0)),
                        known.stream().flatMap(effect -> effect.behind().stream()))
                .filter(host -> host.version() < version)
                .sorted(StatedEffect.LOWEST_FIRST)
                .limit(StatedEffect.LISTED)
                .map(Host::of)
                .toList();
        return new PolicyVersionView(
                controller,
                version,
                members.complete() && unknown.isEmpty() && decided >= version && inEffect == hosts,
                members.complete(),
                each(known, StatedEffect::read).min().orElse(0),
                decided,
                each(known, StatedEffect::undecided).max().orElse(0),
                hosts,
                inEffect,
                withHosts ? behind : null,
                hosts - inEffect,
                unknown);
    }

    private static LongStream each(List<StatedEffect> known, ToLongFunction<StatedEffect> number) {
        return known.stream().mapToLong(number);
    }
}
