package io.mesosiam.agent.doctor;

import io.mesosiam.agent.doctor.ContainerReach.Answer;
import io.mesosiam.agent.doctor.ContainerReach.Result;
import io.mesosiam.agent.doctor.ContainerReach.Tried;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What containers of this host reach of the host's own IAM role, past the agent.
 *
 * @param hostRole the name of the role; empty if the host has none, or it isn't known
 * @param unknown what could not be found out, for operators
 */
public record Exposure(Optional<String> hostRole, List<String> unknown, List<Reached> reached) {
    public Exposure {
        unknown = List.copyOf(unknown);
        reached = List.copyOf(reached);
    }

    /** A container that another program than the agent answers at an address of the metadata service. */
    public record Reached(String container, String address) {}

    /** Asks the metadata service for the role, and tries it from the containers. Takes a second for each network that has no answer. */
    public static Exposure probe(Path proc, String cgroupsRoot) {
        HostRole role = new HostRoleCheck().role();
        try {
            return of(role, new ContainerReach(proc, cgroupsRoot).tried());
        } catch (IOException e) {
            return of(role, new Result(List.of(), 0)).unknown("the containers can't be listed: " + e.getMessage());
        }
    }

    static Exposure of(HostRole role, Result containers) {
        List<String> unknown = new ArrayList<>();
        if (role instanceof HostRole.Unknown(String reason)) {
            unknown.add(reason);
        }
        List<Reached> reached = new ArrayList<>();
        for (Tried tried : containers.tried()) {
            switch (tried.answer()) {
                case Answer.Nothing _, Answer.Agent _ -> {}
                case Answer.OtherProgram _ -> reached.add(new Reached(tried.container(), tried.address()));
                case Answer.NotTried(String reason) ->
                    unknown.add("the network of container " + tried.container() + " can't be entered: " + reason);
            }
        }
        if (containers.leftOut() > 0) {
            unknown.add(containers.leftOut() + " more networks were not tried");
        }
        return new Exposure(
                role instanceof HostRole.Present(String name) ? Optional.of(name) : Optional.empty(), unknown, reached);
    }

    private Exposure unknown(String more) {
        List<String> all = new ArrayList<>(unknown);
        all.add(more);
        return new Exposure(hostRole, all, reached);
    }
}
