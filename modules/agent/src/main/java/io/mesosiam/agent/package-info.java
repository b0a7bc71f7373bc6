/**
 * The daemon on every host: its program, its commands and its log.
 *
 * <p>In: leases from the controller's stream; connections from containers. Out: credentials for the container that the
 * kernel identifies as the caller, or a refusal. {@link io.mesosiam.agent.AgentMain} starts, connects and stops the
 * parts; no part uses this package. The agent evaluates no policies and makes no request to AWS. It depends only on the
 * JDK and one JSON library.
 */
@NullMarked
package io.mesosiam.agent;

import org.jspecify.annotations.NullMarked;
