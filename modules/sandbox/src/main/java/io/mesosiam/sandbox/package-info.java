/**
 * The sandbox: everything that mesos-iam needs, on one machine, and a story that demonstrates it.
 *
 * <p>In: a built controller and agent. Out: running processes, and their behaviour on the terminal. The controller and
 * the agent are those of production, configured by settings only. Mesos and AWS are simulated with their real
 * protocols. No other package depends on this one. {@link io.mesosiam.sandbox.Sandbox} is the door.
 */
@NullMarked
package io.mesosiam.sandbox;

import org.jspecify.annotations.NullMarked;
