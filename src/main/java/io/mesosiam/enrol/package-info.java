/**
 * Enrolment of hosts: why a host gets a certificate, and which hosts are evicted.
 *
 * <p>In: a host's request with a join token or the identity document of its EC2 instance, or over the stream of its last certificate;
 * the tables {@code authority}, {@code join_token}, {@code ec2_instance}, {@code host} and {@code host_certificate}. Out: a certificate, or the condition that failed, for operators alone.
 * {@link io.mesosiam.enrol.Enrolment} is the door; {@link io.mesosiam.enrol.EnrolmentRule} decides. The package knows no port and
 * no stream. docs/decisions/0067-hosts-enrol.md and
 * 0070-instances-prove-hosts.md have the reasons.
 */
@NullMarked
package io.mesosiam.enrol;

import org.jspecify.annotations.NullMarked;
