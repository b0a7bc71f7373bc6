package io.mesosiam.agent.attest;

/**
 * A container that runs on this host. The id alone does not identify it: pids, addresses and cgroups are reused, start
 * times are not.
 *
 * @param id the path of Mesos's container ids, outermost first, {@code parent/child}
 * @param startTicks start of its first process, in clock ticks since boot (proc(5), stat field 22)
 */
public record Container(String id, long startTicks) {}
