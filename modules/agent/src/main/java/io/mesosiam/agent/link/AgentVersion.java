package io.mesosiam.agent.link;

import java.util.Optional;

/** The agent's version, from its jar's manifest. */
public final class AgentVersion {
    public static final String TEXT = Optional.ofNullable(
                    AgentVersion.class.getPackage().getImplementationVersion())
            .orElse("unknown");

    private AgentVersion() {}
}
