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
import org.jspecify.annotations.Nullable;

/**
 * Gives callers of the OpenID Connect provider their roles. The provider's mechanism has verified the token; the setting
 * maps the values of the configured claim to our roles. No value is a role by itself. A token of the header must be for
 * the configured audience; the mechanism accepts the client's, too, which ID tokens of sessions have.
 */
@Singleton
final class ProviderCallers implements SecurityIdentityAugmentor {
    private final Mapping mapping;
    private final Bootstrap bootstrap;
    private final String nameClaim;
    private final String rolesClaim;
    private final Optional<String> audience;

    @Inject
    ProviderCallers(SignInConfig config, Bootstrap bootstrap) {
        this.mapping = config.roleMapping().map(Mapping::of).orElseGet(Mapping::none);
        this.bootstrap = bootstrap;
        this.nameClaim = config.oidcNameClaim();
        this.rolesClaim = config.oidcRolesClaim();
        this.audience = config.oidcAudience().or(config::oidcClientId);
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
        Optional<ProviderClaims> claims = claims(identity, request);
        if (claims.isEmpty()) {
            return refuse(RefusedCredentials.OTHER_AUDIENCE);
        }
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
        Caller caller = new Caller(
                "oidc:" + name.get(), SignIn.OIDC, mapping.grants(claims.get().values(rolesClaim)), address);
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

    /** What the token says; empty if the token of a header is for another audience. */
    private Optional<ProviderClaims> claims(SecurityIdentity identity, @Nullable RoutingContext request) {
        boolean ofSession = request != null && !request.request().headers().contains("Authorization");
        return Optional.of(identity.getPrincipal())
                .filter(JsonWebToken.class::isInstance)
                .map(token -> ((JsonWebToken) token).getRawToken())
                .flatMap(ProviderClaims::of)
                .filter(claims -> ofSession || audience.filter(claims::isFor).isPresent());
    }
}
