package io.mesosiam.signin;

import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the caller of each request of the API. */
@Singleton
final class SignInMechanism implements HttpAuthenticationMechanism {
    private static final int UNAUTHORIZED = 401;

    private final Set<RoleGrant> loopback;

    @Inject
    SignInMechanism(SignInConfig config) {
        loopback = config.loopbackRoles().stream()
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(String::strip)
                .map(text -> RoleGrant.parse(text)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "mesos-iam.sign-in.loopback-roles: is not a role: " + text)))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        if (loopback.isEmpty()) {
            return Uni.createFrom().optional(Optional.empty());
        }
        String address = context.request().remoteAddress().hostAddress();
        return Uni.createFrom().item(identity(new Caller("loopback", SignIn.LOOPBACK, loopback, address)));
    }

    private static SecurityIdentity identity(Caller caller) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(caller)
                .addRoles(caller.roleNames())
                .build();
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(UNAUTHORIZED, "WWW-Authenticate", "Bearer realm=\"mesos-iam\""));
    }

    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 100;
    }
}
