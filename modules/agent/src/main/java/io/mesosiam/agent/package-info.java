/**
 * The daemon on every host.
 *
 * <p>In: leases from the controller's stream; connections from containers. Out: credentials for the container that the
 * kernel says is asking, or a refusal. The agent refuses to know policy, and asks nothing of AWS. It uses the JDK and one
 * JSON library only.
 */
@NullMarked
package io.mesosiam.agent;

import org.jspecify.annotations.NullMarked;
