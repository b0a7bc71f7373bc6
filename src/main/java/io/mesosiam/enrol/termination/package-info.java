/**
 * The end of hosts whose EC2 instance is terminated.
 *
 * <p>In: the instances that have enrolled, and what EC2 says of them once a minute; one controller asks. Out: rows that say that an
 * instance is terminated, which evict its host; and on each controller the end of the tasks on the host's Mesos agent. {@link
 * io.mesosiam.enrol.termination.TerminationPoll} is the door; {@link io.mesosiam.enrol.termination.StateChanges} decides.
 */
@NullMarked
package io.mesosiam.enrol.termination;

import org.jspecify.annotations.NullMarked;
