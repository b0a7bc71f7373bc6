/**
 * What is wrong with this host? In: the agent's settings. Out: findings, each ok, warning or failure with its cure. Changes nothing that
 * containers see, and refuses to know leases: it looks at the host, not at what the agent serves.
 */
@NullMarked
package io.mesosiam.agent.doctor;

import org.jspecify.annotations.NullMarked;
