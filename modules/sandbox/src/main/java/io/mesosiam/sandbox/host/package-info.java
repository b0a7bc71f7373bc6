/**
 * A host with a Mesos agent to try things with: real processes in cgroups of Mesos's own layout, and the directories in
 * which a Mesos agent leaves word of them.
 *
 * <p>In: tasks to run, ask and end, as lines of JSON. Out: processes, and their statuses to the sandbox's master. It
 * refuses to know our agent, which finds out about containers as it does on any host.
 */
@NullMarked
package io.mesosiam.sandbox.host;

import org.jspecify.annotations.NullMarked;
