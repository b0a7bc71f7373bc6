/**
 * Redirects the metadata addresses to the agent.
 *
 * <p>In: the agent's port, and the criterion that distinguishes this host's tasks from its own processes. Out: one
 * maintained table of packet filter rules, and the original destination of an accepted connection. Knows nothing of
 * leases and container ids; attestation identifies the caller. docs/decisions/0008-redirect-fails-closed.md has the
 * reasons for the rules. {@link io.mesosiam.agent.redirect.Redirect} is the door.
 */
@NullMarked
package io.mesosiam.agent.redirect;

import org.jspecify.annotations.NullMarked;
