package io.mesosiam.signin;

import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A signed-in caller of the API.
 *
 * @param name the name that audit events have as actor, {@code kind:name}: {@code oidc:alice@example.org},
 *     {@code token:ci}, {@code certificate:CN=x}; {@code bootstrap} and {@code loopback} alone
 * @param grants the roles, each with its namespace
 * @param address the IP address that the request came from
 */
public record Caller(String name, SignIn signIn, Set<RoleGrant> grants, String address) implements Principal {
    /** The limit of {@code audit_event.actor}. */
    private static final int MAX_NAME = 255;

    public Caller {
        if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a caller's name has 1 to 255 printable characters");
        }
        grants = Set.copyOf(grants);
    }

    /** Whether the caller has one of the roles in the namespace with this path, or is admin there. */
    public boolean may(String namespacePath, Role... roles) {
        return grants.stream()
                .filter(grant -> grant.covers(namespacePath))
                .anyMatch(grant ->
                        grant.role() == Role.ADMIN || Arrays.asList(roles).contains(grant.role()));
    }

    /** The namespaces in which the caller has one of the roles, or is admin: each with those below it. */
    public List<String> namespaces(Role... roles) {
        return grants.stream()
                .filter(grant ->
                        grant.role() == Role.ADMIN || Arrays.asList(roles).contains(grant.role()))
                .map(RoleGrant::namespace)
                .distinct()
                .sorted()
                .toList();
    }

    /** Whether the caller has any role in the namespace with this path. */
    public boolean sees(String namespacePath) {
        return grants.stream().anyMatch(grant -> grant.covers(namespacePath));
    }

    /** Whether this is an admin of every namespace, by a credential that outlasts the bootstrap token. */
    boolean isLastingAdmin() {
        return signIn != SignIn.BOOTSTRAP
                && signIn != SignIn.LOOPBACK
                && grants.contains(RoleGrant.everywhere(Role.ADMIN));
    }

    /** The names of the roles, in any namespace, as {@code @RolesAllowed} compares them. */
    Set<String> roleNames() {
        return grants.stream().map(grant -> grant.role().text()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The caller's name. */
    @Override
    public String getName() {
        return name;
    }
}
