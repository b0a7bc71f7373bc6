/**
 * A simulated Mesos master: the operator's part of the HTTP API, over a cluster of {@code sandbox.cluster}.
 *
 * <p>In: HTTP requests, and changes of the cluster from other processes as
 * {@link io.mesosiam.sandbox.mesos.Operation}s. Out: the bodies, streams and omissions of a real Mesos 1.12 master, as
 * recorded. Tests compare them with the recordings. {@link io.mesosiam.sandbox.mesos.SandboxMaster} is the door, and
 * {@link io.mesosiam.sandbox.mesos.MasterProgram} runs it as a process.
 */
@NullMarked
package io.mesosiam.sandbox.mesos;

import org.jspecify.annotations.NullMarked;
