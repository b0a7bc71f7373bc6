package io.mesosiam.agent.doctor;

import io.mesosiam.agent.local.HostMetadata;
import java.net.InetSocketAddress;
import java.util.List;

/** Reports which IAM role the host itself has: everything that gets past the agent has that role, too. */
public record HostRoleCheck(List<InetSocketAddress> services) implements Check {
    private static final int WAIT_MILLIS = 1000;

    /** At the addresses of EC2. */
    public HostRoleCheck() {
        this(HostMetadata.services());
    }

    /** The role. */
    HostRole role() {
        return HostRole.ask(services, WAIT_MILLIS);
    }

    @Override
    public List<Finding> findings() {
        return List.of(
                switch (role()) {
                    case HostRole.None _ -> Finding.ok("host-role", "the host has no IAM role of its own");
                    case HostRole.Present(String name) ->
                        Finding.warning(
                                "host-role",
                                "the host has the IAM role " + name,
                                "give it no more than the host itself needs, above all no right to assume the roles of tasks");
                    case HostRole.Unknown(String reason) ->
                        Finding.warning(
                                "host-role",
                                "it is not known whether the host has an IAM role: " + reason,
                                "look at the instance's profile");
                });
    }
}
