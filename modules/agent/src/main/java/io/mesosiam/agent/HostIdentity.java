package io.mesosiam.agent;

import io.mesosiam.agent.AgentConfig.MesosAgent;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which host this is, in the words of the Mesos master: the name and the id of the Mesos agent that runs here. */
record HostIdentity(String hostname, String mesosAgentId) {
    /**
     * Finds out anew.
     *
     * @throws IOException if there is no Mesos agent here yet
     */
    static HostIdentity read(AgentConfig config) throws IOException {
        return new HostIdentity(hostname(config), mesosAgentId(config.mesosAgent()));
    }

    /** The name under which the Mesos agent is registered: the one that is set, else the host's own. */
    static String hostname(AgentConfig config) throws IOException {
        return config.hostname().isPresent()
                ? config.hostname().get()
                : InetAddress.getLocalHost().getCanonicalHostName();
    }

    /** The Mesos agent's own note of who it is: a link to the directory that is named by its id. */
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
