/**
 * A real PostgreSQL for the sandbox, in a process of its own.
 *
 * <p>In: two directories. Out: an address. It knows nothing of what is kept in it.
 */
@NullMarked
package io.mesosiam.sandbox.database;

import org.jspecify.annotations.NullMarked;
