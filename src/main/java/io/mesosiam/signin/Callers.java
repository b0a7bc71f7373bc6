package io.mesosiam.signin;

import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** The caller of the request that the current thread or chain answers. */
@Singleton
public final class Callers {
    private final SecurityIdentity identity;

    @Inject
    Callers(SecurityIdentity identity) {
        this.identity = identity;
    }

    /**
     * The caller.
     *
     * @throws UnauthorizedException if the request has no valid credential, answered with 401
     */
    public Caller current() {
        if (identity.getPrincipal() instanceof Caller caller) {
            return caller;
        }
        throw new UnauthorizedException("not signed in");
    }

    /**
     * The caller, who must have one of the roles in the namespace, or be admin there.
     *
     * @throws UnauthorizedException if the request has no valid credential, answered with 401
     * @throws ForbiddenException if the caller has none of the roles there, answered with 403
     */
    public Caller require(String namespacePath, Role... roles) {
        Caller caller = current();
        if (!caller.may(namespacePath, roles)) {
            throw new ForbiddenException("not allowed in namespace " + namespacePath);
        }
        return caller;
    }
}
