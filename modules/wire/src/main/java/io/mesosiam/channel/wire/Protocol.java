package io.mesosiam.channel.wire;

/** Constants on which both sides must agree before the first message. */
public final class Protocol {
    /** Incremented when a message changes in a way that an older peer can't skip. */
    public static final int VERSION = 1;

    /** The path of the WebSocket. */
    public static final String PATH = "/agent/v1";

    /** The longest frame that either side accepts, in bytes. */
    public static final int MAX_FRAME = 16 * 1024 * 1024;

    private Protocol() {}
}
