package io.mesosiam.signin;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A role in a namespace and in all namespaces below it.
 *
 * @param namespace the path of the namespace; {@code /} for all
 */
public record RoleGrant(Role role, String namespace) {
    /** The namespace of all others. */
    public static final String EVERYWHERE = "/";

    /** Same as the domain {@code namespace_path} of the database. */
    private static final Pattern PATH = Pattern.compile("/|(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8}");

    public RoleGrant {
        Objects.requireNonNull(role, "role");
        if (!isPath(namespace)) {
            throw new IllegalArgumentException("is not a namespace's path: " + namespace);
        }
    }

    /** The role in every namespace. */
    public static RoleGrant everywhere(Role role) {
        return new RoleGrant(role, EVERYWHERE);
    }

    /**
     * Parses {@code role} or {@code role:/namespace}.
     *
     * @return empty if the role is unknown or the namespace is not a path
     */
    public static Optional<RoleGrant> parse(String text) {
        int colon = text.indexOf(':');
        String namespace = colon < 0 ? EVERYWHERE : text.substring(colon + 1);
        return Role.of(colon < 0 ? text : text.substring(0, colon))
                .filter(_ -> isPath(namespace))
                .map(role -> new RoleGrant(role, namespace));
    }

    /** Whether it holds in the namespace with this path. */
    public boolean covers(String path) {
        return namespace.equals(EVERYWHERE) || path.equals(namespace) || path.startsWith(namespace + "/");
    }

    private static boolean isPath(String text) {
        return PATH.matcher(text).matches();
    }

    /** {@code role} or {@code role:/namespace}, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return namespace.equals(EVERYWHERE) ? role.text() : role.text() + ":" + namespace;
    }
}
