/** Random histories of a whole deployment, with the invariants of leases checked after each event. */
@NullMarked
package io.mesosiam.lease.history;

import org.jspecify.annotations.NullMarked;
