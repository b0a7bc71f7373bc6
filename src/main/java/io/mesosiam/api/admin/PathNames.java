package io.mesosiam.api.admin;

import io.mesosiam.admin.PolicyKey;
import io.mesosiam.api.Parameters;

/**
 * How a namespace is written as one segment of a path: with dots for its slashes, {@code data.reporting} for {@code
 * /data/reporting}, and {@code -} for the root. No name of a namespace contains a dot or is a hyphen.
 */
final class PathNames {
    /** The form of the segment, for the API's description. */
    static final String NAMESPACE =
            "^(-|[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){0,7})$";

    static final String NAMESPACE_DESCRIPTION =
            "The namespace's path with dots for its slashes: data.reporting for /data/reporting, - for the root /";
    static final String NAME = "^" + PolicyKey.NAME + "$";

    private static final String NAMESPACE_FORM = NAMESPACE.substring(1, NAMESPACE.length() - 1);

    private PathNames() {}

    static PolicyKey policy(String namespace, String name, Parameters parameters) {
        String path = namespace(namespace, parameters);
        boolean hasName = parameters.require(
                "name", name.matches(PolicyKey.NAME), "must have 1 to 128 letters, digits or inner . _ -");
        return new PolicyKey(path, hasName ? name : "invalid");
    }

    /** The path of a namespace; the root if the segment is invalid, which is reported. */
    static String namespace(String segment, Parameters parameters) {
        boolean valid = parameters.require(
                "namespace",
                segment.matches(NAMESPACE_FORM),
                "must be a path with dots for its slashes, or - for the root");
        return !valid || segment.equals("-") ? "/" : "/" + segment.replace('.', '/');
    }
}
