package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage.Exposure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What containers of a host reach of the host's own IAM role, past the agent, as the agent found it.
 *
 * @param hostRole the name of the role
 * @param hostAccount the AWS account of the role; empty if the agent doesn't state it
 * @param unknown what could not be found out, for operators
 * @param at when the agent reported it
 */
public record HostExposure(
        Optional<String> hostRole,
        Optional<String> hostAccount,
        Optional<String> unknown,
        List<Reached> reached,
        Instant at) {
    HostExposure(Exposure found, Instant at) {
        this(
                Optional.of(found.hostRole()).filter(name -> !name.isEmpty()),
                Optional.of(found.hostAccount()).filter(account -> !account.isEmpty()),
                Optional.of(found.unknown()).filter(text -> !text.isEmpty()),
                found.reached().stream()
                        .map(one -> new Reached(one.containerId(), one.address()))
                        .toList(),
                at);
    }

    /** A container that another program than the agent answers at an address of the metadata service. */
    public record Reached(String containerId, String address) {}

    /** Whether the host's tasks have nothing but what policies give. */
    public enum State {
        /** The host has no role, and no container reached another metadata service than the agent's. */
        NAKED,
        /** A container reached one, or the host's role can assume a role that policies name. */
        NOT_NAKED,
        /** The host has a role that no container reached, or something could not be tried. */
        UNKNOWN
    }

    /**
     * The state of the host.
     *
     * @param assumesRoles whether the host's role can assume a role that policies name, as far as this was tried
     */
    public State state(boolean assumesRoles) {
        if (assumesRoles || !reached.isEmpty()) {
            return State.NOT_NAKED;
        }
        return hostRole.isEmpty() && unknown.isEmpty() ? State.NAKED : State.UNKNOWN;
    }
}
