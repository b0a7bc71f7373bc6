/**
 * Compares this machine's clock with the clocks of the controller's peers. In: times reported by PostgreSQL, masters
 * and STS. Out: the difference of this clock from each, and a time that doesn't depend on one clock alone.
 * {@link io.mesosiam.clock.PeerClocks} is the door.
 */
@NullMarked
package io.mesosiam.clock;

import org.jspecify.annotations.NullMarked;
