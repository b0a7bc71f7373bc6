/**
 * A simulated host with a Mesos agent: real processes in cgroups of Mesos's layout, and the directories in which a
 * Mesos agent records them.
 *
 * <p>In: tasks to run, commands to request credentials and to end tasks, as lines of JSON. Out: processes, and their
 * statuses to the sandbox's master. It has no connection to our agent, which discovers containers as on any host.
 * {@link io.mesosiam.sandbox.host.SandboxHost} is the door, and {@link io.mesosiam.sandbox.host.HostProgram} runs it
 * as a process.
 */
@NullMarked
package io.mesosiam.sandbox.host;

import org.jspecify.annotations.NullMarked;
