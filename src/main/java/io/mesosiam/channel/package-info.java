/**
 * The controller's end of the streams to agents.
 *
 * <p>In: deliveries for hosts. Out: frames on the one mTLS stream of each host's agent, and what agents report. {@link
 * io.mesosiam.channel.AgentChannel} is the door; later stages receive reports as {@link io.mesosiam.channel.HostEvents}.
 * This stage does not know why something is delivered; it does know which host may receive it. Which controller has a
 * host is decided in {@code ownership}. The reason for a separate listener is in
 * docs/decisions/0009-own-listener-for-agents.md.
 */
@NullMarked
package io.mesosiam.channel;

import org.jspecify.annotations.NullMarked;
