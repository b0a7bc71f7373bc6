/**
 * Has the kernel refuse connections of a container that opens too many to the agent, before they reach the agent's
 * listening socket. In: the addresses that lead to the agent, and a rate. Out: how many were refused, and of which cgroup
 * the last one was. Two programs of the kernel share a table of token buckets. Nothing that attests a caller depends on
 * them. {@link io.mesosiam.agent.connect.ConnectLimit} is the door.
 */
@NullMarked
package io.mesosiam.agent.connect;

import org.jspecify.annotations.NullMarked;
