/**
 * Whether the IAM roles of the hosts themselves can assume roles that policies name. In: the hosts' roles as their agents
 * report them, the roles that policies and launch grants name, and the answers of agents that tried them. Out: instructions
 * to agents, paced for the whole cluster; a result for each host's role; log, metrics and audit events. It decides nothing
 * about leases. {@link io.mesosiam.exposure.RoleTrials} is the door, {@link io.mesosiam.exposure.TrialPlan} has the rule.
 * Decision 71.
 */
@NullMarked
package io.mesosiam.exposure;

import org.jspecify.annotations.NullMarked;
