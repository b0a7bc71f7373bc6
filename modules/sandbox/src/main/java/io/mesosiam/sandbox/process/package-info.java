/**
 * Processes that end with the one that started them, however that ends.
 *
 * <p>In: commands. Out: running programs, spoken to by lines. A child's standard input is the leash: when it closes, the
 * child stops, so that even a killed parent leaves nothing behind.
 */
@NullMarked
package io.mesosiam.sandbox.process;

import org.jspecify.annotations.NullMarked;
