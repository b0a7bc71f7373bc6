/**
 * The enrolment port: where a host that has no certificate yet asks for one.
 *
 * <p>In: connections of any peer, with requests for the roots or for a certificate. Out: answers that say nothing of why a
 * certificate is refused. Connections, bodies, rates and times are bounded; docs/limits.md lists the limits. {@link
 * io.mesosiam.enrol.port.EnrolmentPort} is the door; {@code enrol} decides.
 */
@NullMarked
package io.mesosiam.enrol.port;

import org.jspecify.annotations.NullMarked;
