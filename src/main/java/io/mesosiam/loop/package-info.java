/**
 * Loops that a program needs for as long as it runs.
 *
 * <p>In: a turn that is run again and again. Out: how often turns failed, and whether the loop works, for metrics and readiness. What a turn
 * throws never ends its loop.
 */
@NullMarked
package io.mesosiam.loop;

import org.jspecify.annotations.NullMarked;
