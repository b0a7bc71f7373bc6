/**
 * Leading the metadata addresses to the agent.
 *
 * <p>In: the agent's port and what tells this host's tasks from its own processes. Out: one table of packet filter rules, kept as it
 * should be, and for an accepted connection the address that its caller really asked for. Knows no lease and no container id: who is
 * asking is attestation's question. docs/decisions/0008-redirect-fails-closed.md says why the rules are shaped so.
 */
@NullMarked
package io.mesosiam.agent.redirect;

import org.jspecify.annotations.NullMarked;
