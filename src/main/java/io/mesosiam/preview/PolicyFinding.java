package io.mesosiam.preview;

import io.mesosiam.policy.PolicyId;
import java.util.List;
import java.util.Locale;

/**
 * Something about a policy that is probably not intended.
 *
 * @param others the other policies that it concerns; the first 20
 * @param otherCount how many there are, at least
 * @param message one sentence, for operators
 */
public record PolicyFinding(PolicyId policy, Kind kind, List<PolicyId> others, int otherCount, String message) {
    public PolicyFinding {
        others = List.copyOf(others);
    }

    /** The kind of a finding. */
    public enum Kind {
        /** The row can't be used. */
        UNUSABLE,
        /** A setting is probably a mistake, such as a wildcard where texts are compared literally. */
        SUSPECT,
        /** No running task matches. */
        MATCHES_NOTHING,
        /** Tasks match, but another policy takes precedence for each of them. */
        SHADOWED,
        /** It gives other credentials than a policy of the same priority. */
        CONFLICTS,
        /** Every selector compares a value that the task's own framework states. */
        SELF_ASSERTED,
        /** AWS refuses a session that it gives. */
        REFUSED_BY_AWS,
        /** Its sessions are longer than the IAM role allows. */
        SESSION_TOO_LONG;

        /** The value in the API, such as {@code matches-nothing}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
