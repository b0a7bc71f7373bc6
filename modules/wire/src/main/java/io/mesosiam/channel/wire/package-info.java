/**
 * The messages between controller and agent, and their codec: JSON text frames, one message each. Of our packages it
 * imports only the type of key material.
 */
@NullMarked
package io.mesosiam.channel.wire;

import org.jspecify.annotations.NullMarked;
