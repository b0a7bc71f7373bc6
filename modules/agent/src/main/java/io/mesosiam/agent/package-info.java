/**
 * The daemon on every host.
 *
 * <p>In: leases from the controller's stream; connections from containers. Out: credentials for the container that the
 * kernel identifies as the caller, or a refusal. The agent evaluates no policies and makes no request to AWS. It
 * depends only on the JDK and one JSON library.
 */
@NullMarked
package io.mesosiam.agent;

import org.jspecify.annotations.NullMarked;
