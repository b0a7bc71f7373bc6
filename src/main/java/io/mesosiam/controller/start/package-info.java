/**
 * Checks at start whether the controller can run with its settings on its host: names and values, files, ports, the
 * database.
 *
 * <p>In: the settings. Out: a list of all {@link io.mesosiam.controller.start.StartProblem}s, each one line for an
 * operator. The checks change nothing. They depend on none of the stages that the settings are for, only on the
 * interfaces that declare them.
 */
@NullMarked
package io.mesosiam.controller.start;

import org.jspecify.annotations.NullMarked;
