/**
 * The running tasks in the REST API, each with its credentials.
 *
 * <p>In: the cluster state, and what the reconciler knows of each launch from its newest plan; nothing is decided for a list.
 * Out: pages of tasks that the caller may see. {@link io.mesosiam.api.task.TasksResource} is the door; {@link
 * io.mesosiam.api.task.TaskCredentials} says what a task has, also for the counts of {@code api.agent}.
 */
@NullMarked
package io.mesosiam.api.task;

import org.jspecify.annotations.NullMarked;
