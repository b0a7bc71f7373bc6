/**
 * Bounds answers that stay open: how many there are ({@link io.mesosiam.api.stream.OpenStreams}), and how long a write waits
 * for a caller that does not read.
 *
 * <p>In: the opening and the end of a stream, and the begin and the end of each of its writes. Out: refusals, and closed
 * connections. It doesn't know what is sent.
 */
@NullMarked
package io.mesosiam.api.stream;

import org.jspecify.annotations.NullMarked;
