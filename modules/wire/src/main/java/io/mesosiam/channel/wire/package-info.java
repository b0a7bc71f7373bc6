/**
 * The messages between controller and agent, and their codec: JSON text frames, one message each. Of our packages it
 * imports only the type of key material. {@link io.mesosiam.channel.wire.AgentMessage} and
 * {@link io.mesosiam.channel.wire.ControllerMessage} are the messages of the two directions;
 * {@link io.mesosiam.channel.wire.AgentMessageCodec} and {@link io.mesosiam.channel.wire.ControllerMessageCodec}
 * convert them.
 */
@NullMarked
package io.mesosiam.channel.wire;

import org.jspecify.annotations.NullMarked;
