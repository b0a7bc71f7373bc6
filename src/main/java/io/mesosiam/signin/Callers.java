package io.mesosiam.signin;

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
     * @throws MissingRole if the caller has no such role, answered with 403
     */
    public Caller requireSight() {
        return require(RoleGrant.EVERYWHERE, Role.values());
    }

    /**
     * The caller, who must have one of the roles in the namespace, or be admin there. A refusal is audited.
     *
     * @throws UnauthorizedException if the request has no valid credential, answered with 401
     * @throws MissingRole if the caller has none of the roles there, answered with 403
     */
    public Caller require(String namespacePath, Role... roles) {
        return require(namespacePath, MissingRole.in(namespacePath, roles), roles);
    }

    /**
     * The same with a demand of the operation's own.
     *
     * @param missing what a caller without one of the roles is answered
     */
    public Caller require(String namespacePath, MissingRole missing, Role... roles) {
        Caller caller = current();
        if (!caller.may(namespacePath, roles)) {
            request.context()
                    .ifPresent(context -> refusals.access(context, caller, "no role in this namespace", namespacePath));
            throw missing;
        }
        return caller;
    }

    /**
     * The namespaces in which the caller has one of the roles, or is admin: each with those below it; at least one. A
     * refusal is audited.
     *
     * @throws MissingRole if there is none, answered with 403
     */
    public List<String> namespaces(Role... roles) {
        List<String> paths = current().namespaces(roles);
        if (paths.isEmpty()) {
            throw MissingRole.anywhere(roles);
        }
        return paths;
    }
}
