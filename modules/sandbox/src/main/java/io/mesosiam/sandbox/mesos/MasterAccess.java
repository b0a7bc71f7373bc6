package io.mesosiam.sandbox.mesos;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Access control of the master: Basic authentication, and ACLs that filter silently. */
final class MasterAccess {
    /** The principal of requests when authentication is off. */
    static final String UNAUTHENTICATED = "";

    private final Map<String, String> credentials;
    private final Set<String> withoutFrameworks = ConcurrentHashMap.newKeySet();
    private final Set<String> withoutEndpoints = ConcurrentHashMap.newKeySet();

    MasterAccess(Map<String, String> credentials) {
        this.credentials = credentials;
    }

    /** The principal, or empty for a 401. */
    Optional<String> principal(@Nullable String authorization) {
        if (credentials.isEmpty()) {
            return Optional.of(UNAUTHENTICATED);
        }
        if (authorization == null || !authorization.startsWith("Basic ")) {
            return Optional.empty();
        }
        String pair;
        try {
            pair = new String(
                    Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        String principal = pair.substring(0, colon);
        return Optional.ofNullable(credentials.get(principal))
                .filter(pair.substring(colon + 1)::equals)
                .map(_ -> principal);
    }

    /** ACLs view_frameworks and view_tasks. */
    void frameworks(String principal, boolean shown) {
        set(withoutFrameworks, principal, shown);
    }

    /** ACLs view_flags and get_endpoints. */
    void endpoints(String principal, boolean shown) {
        set(withoutEndpoints, principal, shown);
    }

    boolean viewsFrameworks(String principal) {
        return !withoutFrameworks.contains(principal);
    }

    boolean getsEndpoints(String principal) {
        return !withoutEndpoints.contains(principal);
    }

    private static void set(Set<String> denied, String principal, boolean shown) {
        if (shown) {
            denied.remove(principal);
        } else {
            denied.add(principal);
        }
    }
}
