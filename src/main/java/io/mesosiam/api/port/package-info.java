/**
 * The port of the API: TLS with certificates that are read again while it runs, client certificates, or plain HTTP on
 * loopback.
 *
 * <p>In: the settings {@code mesos-iam.api} and {@code mesos-iam.sign-in}. Out: the settings of Quarkus that follow from
 * them ({@link io.mesosiam.api.port.DerivedSettings}), so that each has one name. Decision 39 is the reason for the default.
 */
@NullMarked
package io.mesosiam.api.port;

import org.jspecify.annotations.NullMarked;
