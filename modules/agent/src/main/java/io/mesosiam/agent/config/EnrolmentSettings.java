package io.mesosiam.agent.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * How this host is enrolled.
 *
 * @param controllers the controllers' enrolment ports, {@code https://host:port}
 * @param proof what proves that this host may enrol
 * @param state the directory of the key, the certificate and the authorities
 */
public record EnrolmentSettings(List<URI> controllers, ProofSource proof, Path state) {
    public EnrolmentSettings {
        controllers = List.copyOf(controllers);
    }

    /** The link to the directory of the certificate in use; absent before the host is enrolled. */
    public Path current() {
        return state.resolve("current");
    }

    /**
     * The files of the certificate in use. They belong together, even if a new certificate is stored while they are read: the
     * link is followed once.
     */
    AgentConfig.KeyFiles keyFiles() {
        try {
            return AgentConfig.KeyFiles.in(current().toRealPath());
        } catch (IOException e) {
            // the reader of the files reports what is wrong
            return AgentConfig.KeyFiles.in(current());
        }
    }
}
