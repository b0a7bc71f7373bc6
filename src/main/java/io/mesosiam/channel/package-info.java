/**
 * The controller's end of the streams to agents.
 *
 * <p>In: deliveries for hosts. Out: frames on the one mTLS stream of each host's agent, and what agents report. This
 * stage does not know why something is delivered; it does know which host may receive it. The reason for a separate
 * listener is in docs/decisions/0009-own-listener-for-agents.md.
 */
@NullMarked
package io.mesosiam.channel;

import org.jspecify.annotations.NullMarked;
