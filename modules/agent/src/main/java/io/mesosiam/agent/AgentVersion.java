package io.mesosiam.agent;

import java.util.Optional;

/** The agent's version, from its jar's manifest. */
final class AgentVersion {
    static final String TEXT = Optional.ofNullable(
                    AgentVersion.class.getPackage().getImplementationVersion())
            .orElse("unknown");

    private AgentVersion() {}
}
