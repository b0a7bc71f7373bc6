/**
 * Pauses of loops: how long to wait after failures, and how a wait is ended early. The deadline of the work for one request.
 *
 * <p>In: the first and the longest delay, and a source of randomness. Out: the delay before each attempt. The agent's
 * jar and the controller share this package, so it uses the JDK only. {@link io.mesosiam.pause.Backoff} and
 * {@link io.mesosiam.pause.Wakeup} are the doors.
 *
 * <p>Not here: a wait for a condition on shared data needs the lock of that data. The jitter of calls to STS is in {@code RenewalRule} and
 * {@code StsFailures}, whose delays are not those of a loop. The sandbox uses no package of the product.
 */
@NullMarked
package io.mesosiam.pause;

import org.jspecify.annotations.NullMarked;
