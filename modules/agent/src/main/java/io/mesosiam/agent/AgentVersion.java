package io.mesosiam.agent;

import java.util.Optional;

/** The agent's own version, as its jar says. */
final class AgentVersion {
    static final String TEXT = Optional.ofNullable(
                    AgentVersion.class.getPackage().getImplementationVersion())
            .orElse("unknown");

    private AgentVersion() {}
}
