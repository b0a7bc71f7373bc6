/**
 * Turns of work of two kinds.
 *
 * <p>In: which of the two waits. Out: whose turn is next. {@link io.mesosiam.turns.FourthTurn} is the door.
 */
@NullMarked
package io.mesosiam.turns;

import org.jspecify.annotations.NullMarked;
