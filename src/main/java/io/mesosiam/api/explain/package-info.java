/**
 * Explanations of tasks that the cluster doesn't show: hypothetical ones, by {@link
 * io.mesosiam.api.explain.ExplanationResource}, and ended ones, by {@link io.mesosiam.api.explain.TaskHistoryResource}.
 *
 * <p>In: the values of a task, or its ids. Out: the decisions with every policy considered; the leases that a task had, with
 * the policy that gave each and why it ended.
 */
@NullMarked
package io.mesosiam.api.explain;

import org.jspecify.annotations.NullMarked;
