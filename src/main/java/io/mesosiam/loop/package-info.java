/**
 * Loops that run for a program's lifetime.
 *
 * <p>In: a turn to repeat. Out: the number of failed turns, and whether the loop works, for metrics and readiness. An
 * exception in a turn never ends its loop. {@link io.mesosiam.loop.Loop} is the door.
 */
@NullMarked
package io.mesosiam.loop;

import org.jspecify.annotations.NullMarked;
