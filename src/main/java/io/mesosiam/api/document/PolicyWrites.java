package io.mesosiam.api.document;

import java.util.regex.Pattern;

/**
 * The operations whose writes change the version of the policies: those on policies, namespaces and attribute trust, and not
 * those on grants. Their answers have the header {@value #VERSION}.
 */
public final class PolicyWrites {
    /** The version of all policies together. */
    public static final String VERSION = "Policy-Version";

    private static final Pattern PATHS =
            Pattern.compile("/api/v1/(namespaces(?!/[^/]+/grants)|attribute-trust|policies/apply)(/.*)?");

    private PolicyWrites() {}

    /**
     * Whether an operation is one of them.
     *
     * @param method such as {@code PUT}
     * @param path begins with {@code /}
     */
    public static boolean contain(String method, String path) {
        return !method.equals("GET") && PATHS.matcher(path).matches();
    }

    /** The path at which a caller asks where the version is in effect. */
    public static String path(long version) {
        return "/api/v1/policy-versions/" + version;
    }
}
