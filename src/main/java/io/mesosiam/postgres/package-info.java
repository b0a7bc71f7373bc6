/**
 * Follows tables in PostgreSQL.
 *
 * <p>In: a pool, a channel name, and a function that reads. Out: a read at each notification, at each poll and after
 * each new connection. The package knows no table: the caller defines what is read and what a change means.
 */
@NullMarked
package io.mesosiam.postgres;

import org.jspecify.annotations.NullMarked;
