/**
 * A real PostgreSQL for the sandbox, in a separate process.
 *
 * <p>In: two directories. Out: an address. It does not depend on what is stored in it.
 * {@link io.mesosiam.sandbox.database.DatabaseProgram} is the door.
 */
@NullMarked
package io.mesosiam.sandbox.database;

import org.jspecify.annotations.NullMarked;
