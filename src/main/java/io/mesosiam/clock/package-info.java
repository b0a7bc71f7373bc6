/**
 * Compares this machine's clock with the clocks of the controller's peers. In: times reported by PostgreSQL, masters
 * and STS. Out: the difference of this clock from each, and a time that doesn't depend on one clock alone.
 */
@NullMarked
package io.mesosiam.clock;

import org.jspecify.annotations.NullMarked;
