/**
 * The command line of the authority: {@code mesos-iam ca init}, {@code rotate} and {@code show}.
 *
 * <p>In: the arguments, the controller's settings, the root's passphrase. Out: the root's file, the key file, rows of table
 * {@code authority}. It runs instead of a controller, on its machine. {@link io.mesosiam.enrol.command.CaCommand} is the door.
 */
@NullMarked
package io.mesosiam.enrol.command;

import org.jspecify.annotations.NullMarked;
