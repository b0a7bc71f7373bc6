/**
 * Enrolment of hosts: why a host gets a certificate, and which hosts are evicted.
 *
 * <p>In: a host's request with a join token, or over the stream of its last certificate; the tables {@code authority}, {@code
 * join_token}, {@code host} and {@code host_certificate}. Out: a certificate, or the condition that failed, for operators alone.
 * {@link io.mesosiam.enrol.Enrolment} is the door; {@link io.mesosiam.enrol.EnrolmentRule} decides. The package knows no port and
 * no stream. docs/decisions/0067-hosts-enrol.md has the reasons.
 */
@NullMarked
package io.mesosiam.enrol;

import org.jspecify.annotations.NullMarked;
