/**
 * The agents of the cluster's hosts in the REST API.
 *
 * <p>In: the Mesos agents that the master lists, the rows of claimed hosts, and what this controller knows of the agents that
 * are connected to it. Out: JSON, for lists and for {@code api.watch}. {@link io.mesosiam.api.agent.AgentsResource} is the
 * door, {@link io.mesosiam.api.agent.Agents} puts the parts together.
 */
@NullMarked
package io.mesosiam.api.agent;

import org.jspecify.annotations.NullMarked;
