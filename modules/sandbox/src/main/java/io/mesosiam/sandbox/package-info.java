/**
 * Trying it out: everything that mesos-iam needs around it, on one machine, and a story that shows it at work.
 *
 * <p>In: a built controller and agent. Out: running processes and what happens, on the terminal. The programs under trial
 * are those that run in production, set by their settings alone; what can't be had here, Mesos and AWS, speaks its real
 * protocols. No other package knows this one.
 */
@NullMarked
package io.mesosiam.sandbox;

import org.jspecify.annotations.NullMarked;
