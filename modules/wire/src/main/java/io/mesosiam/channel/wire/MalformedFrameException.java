package io.mesosiam.channel.wire;

/**
 * A frame that is not a valid message. The text names the field by its JSON pointer and never contains values of the
 * frame.
 */
public final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedFrameException(String message) {
        super(message);
    }

    /** The same fault of a part that was decoded by itself. */
    MalformedFrameException in(String path) {
        String message = String.valueOf(getMessage());
        return new MalformedFrameException(
                path + (message.startsWith("frame") ? message.substring("frame".length()) : message));
    }
}
