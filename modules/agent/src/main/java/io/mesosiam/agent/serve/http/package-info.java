/**
 * The HTTP server of the credential endpoint, over Netty's parser and its event loop.
 *
 * <p>In: connections to the endpoint's address, and for each the source that {@code agent.attest} names. Out: requests,
 * one after another for each connection ({@link io.mesosiam.agent.serve.http.ReceivedRequest}), which its user answers
 * ({@link io.mesosiam.agent.serve.http.Response}). Limits what one source can have open, and for how long. Knows nothing
 * of credentials. {@link io.mesosiam.agent.serve.http.Listener} is the door. docs/decisions/0072-the-http-server.md has
 * the reasons.
 */
@NullMarked
package io.mesosiam.agent.serve.http;

import org.jspecify.annotations.NullMarked;
