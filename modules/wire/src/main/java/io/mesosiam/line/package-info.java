/**
 * Texts of tasks, AWS, masters and callers in one line of a log or message. The agent's jar and the controller share it.
 * {@link io.mesosiam.line.OneLine} and {@link io.mesosiam.line.LogValue} are the doors; {@link io.mesosiam.line.LogEvent} reads a
 * line again, and {@link io.mesosiam.line.LogQueue} writes lines without making their threads wait.
 */
@NullMarked
package io.mesosiam.line;

import org.jspecify.annotations.NullMarked;
