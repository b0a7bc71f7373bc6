package io.mesosiam.signin;

import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;

/** The caller of the request that the current thread or chain answers. */
@Singleton
public final class Callers {
    private final SecurityIdentity identity;
    private final Refusals refusals;
    private final CurrentRequest request;

    @Inject
    Callers(SecurityIdentity identity, Refusals refusals, CurrentRequest request) {
        this.identity = identity;
        this.refusals = refusals;
        this.request = request;
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
     * The caller, who must have any role in every namespace: for what belongs to no namespace. A refusal is audited.
     *
     * @throws UnauthorizedException if the request has no valid credential, answered with 401
     * @throws ForbiddenException if the caller has no such role, answered with 403
     */
    public Caller requireSight() {
        return require(RoleGrant.EVERYWHERE, Role.values());
    }

    /**
     * The caller, who must have one of the roles in the namespace, or be admin there. A refusal is audited.
     *
     * @throws UnauthorizedException if the request has no valid credential, answered with 401
     * @throws ForbiddenException if the caller has none of the roles there, answered with 403
     */
    public Caller require(String namespacePath, Role... roles) {
        Caller caller = current();
        if (!caller.may(namespacePath, roles)) {
            request.context()
                    .ifPresent(context -> refusals.access(context, caller, "no role in this namespace", namespacePath));
            throw new ForbiddenException("not allowed in namespace " + namespacePath);
        }
        return caller;
    }

    /**
     * The namespaces in which the caller has one of the roles, or is admin: each with those below it; at least one. A
     * refusal is audited.
     *
     * @throws ForbiddenException if there is none, answered with 403
     */
    public List<String> namespaces(Role... roles) {
        List<String> paths = current().namespaces(roles);
        if (paths.isEmpty()) {
            throw new ForbiddenException("no namespace with this role");
        }
        return paths;
    }
}
