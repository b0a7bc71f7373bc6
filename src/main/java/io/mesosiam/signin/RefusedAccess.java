package io.mesosiam.signin;

import io.quarkus.security.spi.runtime.AuthorizationFailureEvent;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Audits the requests that lack a role, or a credential. */
@Singleton
final class RefusedAccess {
    private final Refusals refusals;

    @Inject
    RefusedAccess(Refusals refusals) {
        this.refusals = refusals;
    }

    void refused(@Observes AuthorizationFailureEvent refusal) {
        if (!(refusal.getEventProperties().get(RoutingContext.class.getName()) instanceof RoutingContext context)) {
            return;
        }
        if (refusal.getSecurityIdentity() != null
                && refusal.getSecurityIdentity().getPrincipal() instanceof Caller caller) {
            refusals.access(context, caller, "no role for it");
        } else {
            refusals.signIn(context, Refusals.NO_CREDENTIAL);
        }
    }
}
