package io.mesosiam.clock;

/** A peer whose clock is compared with this machine's. */
public enum Peer {
    /** {@code clock_timestamp()} of the database. */
    POSTGRES("postgres"),
    /** {@code Date} header of the master that answered last. */
    MASTER("master"),
    /** {@code Date} header of the regional STS that answered last. */
    STS("sts");

    private final String label;

    Peer(String label) {
        this.label = label;
    }

    /** The name in metrics, logs and health checks. */
    public String label() {
        return label;
    }
}
