package io.mesosiam.signin;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.SecurityIdentityAugmentor;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Gives callers of the OpenID Connect provider their roles. The provider's mechanism has verified the token and has read
 * the values of the configured claim as roles; the setting maps them to ours. No value is a role by itself.
 */
@Singleton
final class ProviderCallers implements SecurityIdentityAugmentor {
    private final Mapping mapping;
    private final Bootstrap bootstrap;
    private final String nameClaim;

    @Inject
    ProviderCallers(SignInConfig config, Bootstrap bootstrap) {
        this.mapping = config.roleMapping().map(Mapping::of).orElseGet(Mapping::none);
        this.bootstrap = bootstrap;
        this.nameClaim = config.oidcNameClaim();
    }

    @Override
    public Uni<SecurityIdentity> augment(SecurityIdentity identity, AuthenticationRequestContext context) {
        return augment(identity, context, Map.of());
    }

    @Override
    public Uni<SecurityIdentity> augment(
            SecurityIdentity identity, AuthenticationRequestContext context, Map<String, Object> attributes) {
        if (identity.isAnonymous() || identity.getPrincipal() instanceof Caller) {
            return Uni.createFrom().item(identity);
        }
        RoutingContext request = HttpSecurityUtils.getRoutingContextAttribute(attributes);
        String address = Optional.ofNullable(request)
                .map(known -> known.request().remoteAddress().hostAddress())
                .orElse("unknown");
        Optional<String> name = name(identity);
        if (name.isEmpty()) {
            return refuse(RefusedCredentials.NO_NAME);
        }
        if (!Printable.isName(name.get())) {
            return refuse(RefusedCredentials.UNPRINTABLE_NAME);
        }
        Caller caller = new Caller("oidc:" + name.get(), SignIn.OIDC, mapping.grants(identity.getRoles()), address);
        if (caller.isLastingAdmin()) {
            bootstrap.adminExists(
                    caller, Optional.ofNullable(request).map(CurrentRequest::id).orElse(""));
        }
        return Uni.createFrom()
                .item(QuarkusSecurityIdentity.builder()
                        .setPrincipal(caller)
                        .addRoles(caller.roleNames())
                        .addCredentials(identity.getCredentials())
                        .addAttributes(identity.getAttributes())
                        .build());
    }

    /** The text of the configured claim; empty if the token has none, or a value of another type. */
    private Optional<String> name(SecurityIdentity identity) {
        Object claim = identity.getPrincipal() instanceof JsonWebToken token ? token.getClaim(nameClaim) : null;
        return claim instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static Uni<SecurityIdentity> refuse(String reason) {
        return Uni.createFrom().failure(new AuthenticationFailedException(reason));
    }
}
