/** What the database itself promises, tried on a real one: constraints, comments, versions, notifications and rights. */
@NullMarked
package io.mesosiam.schema;

import org.jspecify.annotations.NullMarked;
