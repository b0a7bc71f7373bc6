package io.mesosiam.agent.sdk;

/** Something that happens to a container. {@link Client} tries it. */
enum Trial {
    /** The lease is there before the container asks. */
    ROLE("role"),
    /** The same client is asked once more while it has an hour left. */
    HELD("held"),
    DENIED("denied"),
    PENDING_300("pending 0.3 s"),
    PENDING_700("pending 0.7 s"),
    PENDING_3000("pending 3 s"),
    /** A renewed session has come: from which remaining life on does the client take it? */
    REFRESH("refresh"),
    /** The session ends, and for the time being none follows. */
    EXPIRY("expiry"),
    /** The agent is killed, and the container asks while another one starts. */
    RESTART("restart"),
    /** The agent refuses version 1 of the instance metadata service. */
    V1_OFF("v1 off");

    private final String text;

    Trial(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
