package io.mesosiam.channel.wire;

/** A frame that isn't a message. The text names the field by its JSON pointer and never repeats the frame's values. */
public final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedFrameException(String message) {
        super(message);
    }
}
