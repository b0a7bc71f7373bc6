package io.mesosiam.agent.doctor;

import io.mesosiam.agent.doctor.ContainerReach.Answer;
import io.mesosiam.agent.doctor.ContainerReach.Result;
import io.mesosiam.agent.doctor.ContainerReach.Tried;
import io.mesosiam.agent.hostrole.HostRole;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.channel.wire.AgentMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What containers of this host reach of the host's own IAM role, past the agent: everything that gets past the agent has that
 * role, too. One result serves the doctor and the report to the controllers.
 *
 * @param notListed why the containers could not be listed
 */
public record ExposureCheck(HostRole role, Result containers, Optional<String> notListed) implements Check {
    /** Asks the metadata service for the role, and tries it from the containers. Takes a second for each network that has no answer. */
    public static ExposureCheck run(Path proc, String cgroupsRoot) {
        HostRole role = HostRole.ask(HostMetadata.ofInstance());
        try {
            return new ExposureCheck(role, new ContainerReach(proc, cgroupsRoot).tried(), Optional.empty());
        } catch (IOException e) {
            return new ExposureCheck(
                    role, new Result(List.of(), 0), Optional.of("the containers can't be listed: " + e.getMessage()));
        }
    }

    /** The report. Containers that share an address are named until the message is full. */
    public AgentMessage.Exposure report() {
        List<String> unknown = new ArrayList<>();
        if (role instanceof HostRole.Unknown(String reason)) {
            unknown.add(reason);
        }
        notListed.ifPresent(unknown::add);
        List<AgentMessage.Reached> reached = new ArrayList<>();
        for (Tried tried : containers.tried()) {
            switch (tried.answer()) {
                case Answer.Nothing _, Answer.Agent _ -> {}
                case Answer.OtherProgram _ -> reached.add(new AgentMessage.Reached(tried.container(), tried.address()));
                case Answer.NotTried(String reason) ->
                    unknown.add("the network of container " + tried.container() + " can't be entered: " + reason);
            }
        }
        if (containers.leftOut() > 0) {
            unknown.add(containers.leftOut() + " more networks were not tried");
        }
        Optional<HostRole.Present> present =
                role instanceof HostRole.Present known ? Optional.of(known) : Optional.empty();
        return new AgentMessage.Exposure(
                present.map(HostRole.Present::name).orElse(""),
                present.flatMap(HostRole.Present::account).orElse(""),
                String.join("; ", unknown),
                reached.stream().limit(AgentMessage.Exposure.MAX_REACHED).toList());
    }

    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        notListed.ifPresent(why ->
                findings.add(Finding.warning("reach", why, "run it as the agent runs: same user, same namespaces")));
        containers.tried().forEach(tried -> findings.add(finding(tried)));
        if (containers.leftOut() > 0) {
            findings.add(Finding.ok("reach", containers.leftOut() + " more networks were not tried"));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.ok("reach", "no container has its own network: nothing to test"));
        }
        findings.add(finding(role));
        return findings;
    }

    static Finding finding(Tried tried) {
        String container = "container " + tried.container();
        return switch (tried.answer()) {
            case Answer.Nothing _ -> Finding.ok("reach", container + ": no answer at " + tried.address());
            case Answer.Agent _ -> Finding.ok("reach", container + ": the agent answers at " + tried.address());
            case Answer.OtherProgram _ ->
                Finding.failure(
                        "reach",
                        container + ": another program than the agent answers at " + tried.address()
                                + ", and may return credentials of the host's role",
                        "see rules and network; block the address where that network leaves the host");
            case Answer.NotTried(String reason) ->
                Finding.warning(
                        "reach",
                        container + ": its network can't be entered: " + reason,
                        "run this with SYS_ADMIN and SYS_PTRACE; if it has them, a security module such as AppArmor"
                                + " forbids it");
        };
    }

    private static Finding finding(HostRole role) {
        return switch (role) {
            case HostRole.None _ -> Finding.ok("host-role", "the host has no IAM role of its own");
            case HostRole.Present(String name, Optional<String> account) ->
                Finding.warning(
                        "host-role",
                        "the host has the IAM role " + name
                                + account.map(id -> " of account " + id).orElse(""),
                        "give it no more than the host itself needs, above all no right to assume the roles of tasks");
            case HostRole.Unknown(String reason) ->
                Finding.warning(
                        "host-role",
                        "it is not known whether the host has an IAM role: " + reason,
                        "look at the instance's profile");
        };
    }
}
