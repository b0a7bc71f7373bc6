package io.mesosiam.agent.attest;

import org.jspecify.annotations.Nullable;

/**
 * A running container of {@link AttestationChurn}.
 *
 * @param network its own network; null on the host's
 */
record ChurnContainer(
        Container container, LabProcess process, @Nullable LabNetwork network) {
    String agentAddress() {
        return network == null ? "127.0.0.1" : network.hostAddress();
    }
}
