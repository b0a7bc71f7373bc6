/**
 * The IAM role of the host itself. In: the answers of the host's instance metadata service, and roles that a controller
 * instructs the agent to try. Out: the name and the account of the host's role, and which of those roles it can assume. The
 * host's credentials never leave this package, except for STS, and containers get nothing from it.
 * {@link io.mesosiam.agent.hostrole.HostRole} and {@link io.mesosiam.agent.hostrole.RoleTrials} are the doors. Decision 71.
 */
@NullMarked
package io.mesosiam.agent.hostrole;

import org.jspecify.annotations.NullMarked;
