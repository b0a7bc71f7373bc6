/**
 * Telling the agents: the controller's end of the stream.
 *
 * <p>In: deliveries for hosts. Out: frames on the one mTLS stream of each host's agent, and what agents report. The
 * stage refuses to know why anything is delivered; it does know which host may hear of what. Why it has a listener of
 * its own is in docs/decisions/0009-own-listener-for-agents.md.
 */
@NullMarked
package io.mesosiam.channel;

import org.jspecify.annotations.NullMarked;
