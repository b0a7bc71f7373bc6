/**
 * Checks at start that the controller can run with its settings on its host: names and values, files, ports, the database.
 *
 * <p>In: the settings. Out: a list of {@link io.mesosiam.controller.start.StartProblem}s, all of them at once, each of them one line for
 * an operator. The checks change nothing. They know none of the stages that the settings are for, only the interfaces that declare them.
 */
@NullMarked
package io.mesosiam.controller.start;

import org.jspecify.annotations.NullMarked;
