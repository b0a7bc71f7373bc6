package io.mesosiam.clock;

/** Whose clock this machine's is compared with. */
public enum Peer {
    /** {@code clock_timestamp()} of the database. */
    POSTGRES("postgres"),
    /** {@code Date} of the master that answered last. */
    MASTER("master"),
    /** {@code Date} of the regional STS that answered last. */
    STS("sts");

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /** In metrics, logs and health checks. */
    public String label() {
        return label;
    }
}
