/**
 * What it takes to listen to the other daemons of this host, Docker's and Mesos's, without trusting them: one request and its answer
 * within bounds of bytes and time, and whether a path is in nobody's hands but root's.
 */
@NullMarked
package io.mesosiam.agent.local;

import org.jspecify.annotations.NullMarked;
