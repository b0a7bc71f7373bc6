/**
 * Diagnoses this host. In: the agent's settings. Out: findings, each ok, warning or failure with its cure. Changes
 * nothing that affects containers, and knows nothing of leases: it checks the host, not what the agent serves.
 * {@link io.mesosiam.agent.doctor.Doctor} is the door; each {@link io.mesosiam.agent.doctor.Check} is one diagnosis.
 */
@NullMarked
package io.mesosiam.agent.doctor;

import org.jspecify.annotations.NullMarked;
