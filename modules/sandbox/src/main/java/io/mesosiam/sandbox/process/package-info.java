/**
 * Processes that end together with the process that started them, however that ends.
 *
 * <p>In: commands. Out: running programs that communicate by lines. When the standard input of a child closes, the
 * child stops, so that even a killed parent leaves no process behind. {@link io.mesosiam.sandbox.process.Child} is the
 * parent's door, {@link io.mesosiam.sandbox.process.Parent} the child's.
 */
@NullMarked
package io.mesosiam.sandbox.process;

import org.jspecify.annotations.NullMarked;
