/**
 * The records that controller and agent speak, and their codec: JSON text frames, one message each. Imports nothing of
 * ours but the type that key material travels in.
 */
@NullMarked
package io.mesosiam.channel.wire;

import org.jspecify.annotations.NullMarked;
