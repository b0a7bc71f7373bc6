package io.mesosiam.agent.config;

import io.mesosiam.agent.config.AgentConfig.MesosAgent;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The host's identity for the Mesos master: the registered name and the id of its Mesos agent. */
public record HostIdentity(String hostname, String mesosAgentId) {
    /**
     * Reads the identity.
     *
     * @throws IOException if no Mesos agent has registered from this host yet
     */
    public static HostIdentity read(AgentConfig config) throws IOException {
        return new HostIdentity(hostname(config), mesosAgentId(config.mesosAgent()));
    }

    /** The name under which the Mesos agent is registered: the setting, else the host's own name. */
    public static String hostname(AgentConfig config) throws IOException {
        return config.hostname().isPresent()
                ? config.hostname().get()
                : InetAddress.getLocalHost().getCanonicalHostName();
    }

    /** A name that differs from host to host and stays the same: the setting, else the name that the kernel has. Needs no DNS. */
    public static String stableName(AgentConfig config) {
        return config.hostname().orElseGet(() -> {
            try {
                return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            } catch (IOException e) {
                return "localhost";
            }
        });
    }

    /** The Mesos agent's record of its own id: a link to the directory that has the id as its name. */
    static Path latest(Path workDir) {
        return workDir.resolve("meta/slaves/latest");
    }

    private static String mesosAgentId(MesosAgent mesosAgent) throws IOException {
        return switch (mesosAgent) {
            case MesosAgent.Named named -> named.id();
            case MesosAgent.InWorkDir(Path workDir) -> {
                Path latest = latest(workDir);
                if (!Files.isSymbolicLink(latest)) {
                    throw new IOException(
                            "no Mesos agent has registered from " + workDir + " yet: there is no link " + latest);
                }
                yield Files.readSymbolicLink(latest).getFileName().toString();
            }
        };
    }
}
