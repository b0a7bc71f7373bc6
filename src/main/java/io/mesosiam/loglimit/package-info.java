/**
 * Limits on log lines, so that a peer that repeats itself can't fill the log.
 *
 * <p>In: the key of a line, and the time. Out: whether to log the line, and how many were left out since the last. The
 * package logs nothing itself. {@link io.mesosiam.loglimit.RepeatedLines} and {@link io.mesosiam.loglimit.LineBudget}
 * are the doors.
 */
@NullMarked
package io.mesosiam.loglimit;

import org.jspecify.annotations.NullMarked;
