/**
 * The controllers of one cluster, as each of them knows the others.
 *
 * <p>In: what this controller says of itself, and the rows of table {@code controller}. Out: every controller that runs
 * or may still serve hosts, with its state, or why that is not known. {@link io.mesosiam.fleet.Fleet} is the door. It
 * refuses to know how a state comes about, and decides nothing by it.
 */
@NullMarked
package io.mesosiam.fleet;

import org.jspecify.annotations.NullMarked;
