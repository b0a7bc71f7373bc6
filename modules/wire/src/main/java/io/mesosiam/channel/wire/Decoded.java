package io.mesosiam.channel.wire;

/**
 * What a well-formed frame holds.
 *
 * @param <M> {@link AgentMessage} or {@link ControllerMessage}
 */
public sealed interface Decoded<M> {
    /** A message of a type that this end knows. */
    record Known<M>(M message) implements Decoded<M> {}

    /** A message of a type that only a newer other end knows: to be logged and passed over. */
    record Unknown<M>(String type) implements Decoded<M> {}
}
