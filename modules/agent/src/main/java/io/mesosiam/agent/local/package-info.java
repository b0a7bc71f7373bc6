/**
 * Reads from other daemons of this host, Docker's and Mesos's, without trusting them: one request and its answer
 * within bounds of bytes and time, and a check whether only root can change a path.
 * {@link io.mesosiam.agent.local.HttpRequest} and {@link io.mesosiam.agent.local.RootOwnedPath} are the doors.
 */
@NullMarked
package io.mesosiam.agent.local;

import org.jspecify.annotations.NullMarked;
