/**
 * The type in which key material is passed, from the STS response to the response of the agent.
 * {@link io.mesosiam.secret.Secret} is the door.
 */
@NullMarked
package io.mesosiam.secret;

import org.jspecify.annotations.NullMarked;
