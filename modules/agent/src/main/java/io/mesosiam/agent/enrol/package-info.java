/**
 * The certificate of a host that the controllers enrol: the key, which never leaves the host, the first certificate in
 * exchange for a join token, and each next one over the stream.
 *
 * <p>In: the settings, and a controller's answers. Out: the files of the state directory, which every new stream reads.
 * Knows nothing of leases and containers. {@link io.mesosiam.agent.enrol.Enrolment} is the door;
 * docs/decisions/0069-the-agent-writes-its-request.md has the reasons.
 */
@NullMarked
package io.mesosiam.agent.enrol;

import org.jspecify.annotations.NullMarked;
