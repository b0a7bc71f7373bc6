package io.mesosiam.signin;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;

/**
 * Audits, at its end, each request that was refused and has no audit event yet: a write of any status above 399, and any
 * request that was refused because of the credential or the role.
 */
@Singleton
final class RefusedRequests {
    /** Before the filters that refuse requests. */
    private static final int FIRST = 2_000_000;

    private static final String API = "/api/";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<Integer> OF_ACCESS = Set.of(401, 403);

    private final Refusals refusals;

    @Inject
    RefusedRequests(Refusals refusals) {
        this.refusals = refusals;
    }

    void watch(@Observes Filters filters) {
        filters.register(
                context -> {
                    int unused = context.addEndHandler(_ -> ended(context));
                    context.next();
                },
                FIRST);
    }

    private void ended(RoutingContext context) {
        int status = context.response().getStatusCode();
        boolean write = !READS.contains(context.request().method().name())
                && String.valueOf(context.normalizedPath()).startsWith(API);
        if (status < 400 || !(write || OF_ACCESS.contains(status))) {
            return;
        }
        Optional<Caller> caller = caller(context);
        String reason = CurrentRequest.problem(context).orElse("status " + status);
        if (status == 401) {
            refusals.signIn(context, Refusals.NO_CREDENTIAL);
        } else if (status == 403 && caller.isPresent()) {
            refusals.access(context, caller.get(), "no role for it");
        } else if (status < 500) {
            refusals.refusedWrite(context, caller, reason);
        } else {
            refusals.failedWrite(context, caller, reason);
        }
    }

    private static Optional<Caller> caller(RoutingContext context) {
        return context.user() instanceof QuarkusHttpUser user
                        && user.getSecurityIdentity().getPrincipal() instanceof Caller caller
                ? Optional.of(caller)
                : Optional.empty();
    }
}
