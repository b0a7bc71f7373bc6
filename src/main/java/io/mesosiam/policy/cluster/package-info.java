/**
 * Decides about all tasks of a cluster at less than the cost of each task by each policy.
 *
 * <p>In: one set of policies or two, and the tasks of a cluster. Out: the decisions for each task, made once for tasks that
 * differ in nothing that is compared ({@link io.mesosiam.policy.cluster.DecisionMemo}); the tasks that two sets may decide
 * differently ({@link io.mesosiam.policy.cluster.PolicyDifference}, the door). Pure: no I/O, no clock, no logs.
 */
@NullMarked
package io.mesosiam.policy.cluster;

import org.jspecify.annotations.NullMarked;
