/**
 * Descriptions of unexpected exceptions for the log.
 *
 * <p>In: an exception. Out: its class and the place where it was thrown. {@link io.mesosiam.failure.FailureKind} is the
 * door. The package counts and logs nothing itself, because the agent and the controller use different libraries for
 * that.
 */
@NullMarked
package io.mesosiam.failure;

import org.jspecify.annotations.NullMarked;
