package io.mesosiam.channel;

import java.time.Instant;
import java.util.Optional;

/**
 * The stream of a host's agent, for operators.
 *
 * @param version the agent's version as its hello states it
 * @param address the remote address of the stream
 * @param since when the stream was opened
 * @param certificateExpiration when the certificate that the agent presented expires
 * @param exposure empty if the agent hasn't reported it on this stream
 */
public record ConnectedAgent(
        String version,
        String address,
        Instant since,
        Instant certificateExpiration,
        Optional<HostExposure> exposure) {}
