package io.mesosiam.channel.wire;

/** Constants on which both sides must agree before the first message. */
public final class Protocol {
    /** Incremented when a message changes in a way that an older peer can't skip. */
    public static final int VERSION = 1;

    /** The path of the WebSocket. */
    public static final String PATH = "/agent/v1";

    /**
     * The header of an upgrade request that only asks whether the agent would be admitted; its value is the Mesos agent id, or
     * empty. The answer is 200, or 403 with the fault as body. A controller that doesn't know the header upgrades.
     */
    public static final String ADMISSION_HEADER = "Mesos-IAM-Admission";

    /** The longest frame that either side accepts, in bytes. */
    public static final int MAX_FRAME = 16 * 1024 * 1024;

    private Protocol() {}
}
