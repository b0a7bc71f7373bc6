package io.mesosiam.agent.sdk;

/** A scenario for a container. {@link Client} runs it. */
enum Trial {
    /** The lease exists before the container sends a request. */
    ROLE("role"),
    /** The same client is called once more while it has an hour left. */
    HELD("held"),
    DENIED("denied"),
    PENDING_300("pending 0.3 s"),
    PENDING_700("pending 0.7 s"),
    PENDING_3000("pending 3 s"),
    /** A renewed session is available: at which remaining lifetime does the client take it? */
    REFRESH("refresh"),
    /** The session expires, and no session follows for a while. */
    EXPIRY("expiry"),
    /** The agent is killed, and the container sends requests while another agent starts. */
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
