/**
 * Following tables in Postgres.
 *
 * <p>In: a pool, a channel's name, what to read. Out: a read at each notification, at each poll and after each new
 * connection. The package knows no table: what is read, and what a change means, is its caller's.
 */
@NullMarked
package io.mesosiam.postgres;

import org.jspecify.annotations.NullMarked;
