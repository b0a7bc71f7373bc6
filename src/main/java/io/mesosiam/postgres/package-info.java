/**
 * PostgreSQL: follows tables, runs single statements, holds session locks, and classifies failures.
 *
 * <p>In: a pool, a channel name, and a function that reads. Out: a read at each notification, at each poll and after
 * each new connection; for a failed write, which reaction it needs. The package knows no table: the caller defines
 * what is read and what a change means. {@link io.mesosiam.postgres.TableFollower},
 * {@link io.mesosiam.postgres.OneStatement} and {@link io.mesosiam.postgres.SessionLock} are the doors.
 */
@NullMarked
package io.mesosiam.postgres;

import org.jspecify.annotations.NullMarked;
