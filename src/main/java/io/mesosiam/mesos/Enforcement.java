package io.mesosiam.mesos;

/**
 * What the leader's {@code /flags} say about principals (FlagsInfo: {@code authenticate_frameworks}, {@code
 * authenticate_http_frameworks}, {@code authenticate_agents}). Only where all three are on is a framework's principal
 * more than its own word.
 *
 * @param known whether the flags could be read at all; where not, nothing counts as enforced
 */
public record Enforcement(boolean known, boolean frameworks, boolean httpFrameworks, boolean agents) {
    /** Before the flags were read, and where reading them is refused. */
    public static final Enforcement UNKNOWN = new Enforcement(false, false, false, false);

    /** Whether a principal that the master shows was proven to it. */
    public boolean principals() {
        return known && frameworks && httpFrameworks && agents;
    }
}
