package io.mesosiam.channel.wire;

/**
 * The content of a well-formed frame.
 *
 * @param <M> {@link AgentMessage} or {@link ControllerMessage}
 */
public sealed interface Decoded<M> {
    /** A message of a known type. */
    record Known<M>(M message) implements Decoded<M> {}

    /** A message of an unknown type, from a newer peer: the receiver logs and ignores it. */
    record Unknown<M>(String type) implements Decoded<M> {}
}
