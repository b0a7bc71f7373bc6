package io.mesosiam.mesos;

/**
 * Whether the leader enforces authentication, by its {@code /flags} (FlagsInfo: {@code authenticate_frameworks}, {@code
 * authenticate_http_frameworks}, {@code authenticate_agents}). A framework's principal is proven only if all three are
 * set.
 *
 * @param known whether the flags could be read; if not, nothing counts as enforced
 */
public record Enforcement(boolean known, boolean frameworks, boolean httpFrameworks, boolean agents) {
    /** The value before the flags have been read, and where the master refuses to show them. */
    public static final Enforcement UNKNOWN = new Enforcement(false, false, false, false);

    /** Whether principals that the master reports are authenticated. */
    public boolean principals() {
        return known && frameworks && httpFrameworks && agents;
    }
}
