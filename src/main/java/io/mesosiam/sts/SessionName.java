package io.mesosiam.sts;

import io.mesosiam.policy.Entitlement.Sharing;
import java.util.regex.Pattern;

/**
 * The role session name, which CloudTrail shows for all actions of the task. It depends only on the launch and is
 * therefore the same in every renewal.
 *
 * <p>STS accepts 2 to 64 characters of {@code [\w+=,.@-]}. Other characters become {@code '-'}, and longer names are
 * cut. A changed name ends in a digest of the complete name, so that two tasks don't share a name.
 *
 * @see <a href="https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html">AssumeRole,
 *     RoleSessionName</a>
 */
final class SessionName {
    /** The task id comes first, because operators search for it and because the end is cut. */
    static final String PER_TASK = "{task}@{framework}";

    static final String SHARED = "mesos-iam-{name}";

    private static final Pattern REFUSED = Pattern.compile("[^\\w+=,.@-]");
    private static final int MIN = 2;
    private static final int MAX = 64;
    private static final int DIGEST_BYTES = 6;

    private SessionName() {}

    static String of(String template, Placeholders placeholders) {
        String whole = placeholders.fill("session_name", template);
        String clean = REFUSED.matcher(whole).replaceAll("-");
        if (clean.equals(whole) && clean.length() >= MIN && clean.length() <= MAX) {
            return clean;
        }
        String suffix = "-" + SafeText.digest(whole, DIGEST_BYTES);
        return clean.substring(0, Math.min(clean.length(), MAX - suffix.length())) + suffix;
    }

    static String template(Sharing sharing) {
        return switch (sharing) {
            case TASK -> PER_TASK;
            case ROLE -> SHARED;
        };
    }
}
