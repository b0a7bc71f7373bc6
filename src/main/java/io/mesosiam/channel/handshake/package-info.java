/**
 * TLS handshakes on the agents' port, before any request is read.
 *
 * <p>In: new connections, each with its source address. Out: TLS that handshakes when its source's turn has come. The
 * number of handshakes is limited and shared fairly among sources, so that peers without a certificate can't keep
 * agents out. The package does not know what agents send. docs/limits.md lists the limits.
 * {@link io.mesosiam.channel.handshake.Handshakes} is the door.
 */
@NullMarked
package io.mesosiam.channel.handshake;

import org.jspecify.annotations.NullMarked;
