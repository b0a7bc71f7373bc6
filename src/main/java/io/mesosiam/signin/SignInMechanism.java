package io.mesosiam.signin;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the caller of each request, before every other mechanism: by an API token, a client certificate, or the setting
 * for loopback. It leaves other bearer tokens and the sessions of browsers to the provider's mechanism, if a provider is
 * set; {@link ProviderCallers} gives those their roles.
 */
@Singleton
final class SignInMechanism implements HttpAuthenticationMechanism {
    private static final int UNAUTHORIZED = 401;
    private static final String BEARER = "bearer ";

    private final Tokens tokens;
    private final Bootstrap bootstrap;
    private final RefusedCredentials refused;
    private final PeerCertificates peers;
    private final ProviderSearch provider;
    private final InstantSource clock;
    private final Set<RoleGrant> loopback;
    private final Mapping certificates;
    private final boolean hasProvider;

    @Inject
    SignInMechanism(
            Tokens tokens,
            Bootstrap bootstrap,
            RefusedCredentials refused,
            PeerCertificates peers,
            ProviderSearch provider,
            SignInConfig config,
            InstantSource clock) {
        this.tokens = tokens;
        this.bootstrap = bootstrap;
        this.refused = refused;
        this.peers = peers;
        this.provider = provider;
        this.clock = clock;
        this.loopback = config.loopbackRoles().map(Mapping::roles).orElse(Set.of());
        this.certificates = config.certificateMapping().map(Mapping::of).orElseGet(Mapping::none);
        this.hasProvider = config.oidcIssuer().isPresent();
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        refused.watch(context);
        HttpServerRequest request = context.request();
        String address = request.remoteAddress().hostAddress();
        List<String> credentials = request.headers().getAll("Authorization");
        if (credentials.isEmpty()) {
            return PeerCertificates.of(request)
                    .map(found -> ofCertificate(context, found, address))
                    .orElseGet(() -> loopback(request, address)
                            .map(caller -> Uni.createFrom().item(identity(caller, Map.of())))
                            .orElseGet(() -> withoutCredential(context)));
        }
        if (credentials.size() > 1) {
            return refuse(RefusedCredentials.SEVERAL);
        }
        String credential = credentials.getFirst();
        if (!credential.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return refuse(RefusedCredentials.OTHER_KIND);
        }
        String bearer = credential.substring(BEARER.length()).strip();
        if (!bearer.startsWith(ApiToken.PREFIX)) {
            return hasProvider ? leaveToTheProvider() : refuse("an unknown token");
        }
        Optional<ApiToken> sent = ApiToken.parse(bearer);
        Optional<StoredToken> known = sent.flatMap(tokens::find).filter(token -> !isEnded(token));
        if (known.isPresent() && !tokens.areKnown()) {
            return Uni.createFrom().failure(new TokensUnknown());
        }
        return known.map(token -> identity(caller(context, token, address), Map.of(HeldSignIns.TOKEN, token.id())))
                .map(identity -> Uni.createFrom().item(identity))
                .orElseGet(() -> refuse(
                        sent.filter(tokens::hasExpired).isPresent()
                                ? RefusedCredentials.EXPIRED_TOKEN
                                : "an invalid API token"));
    }

    /** A request of the API without cookies needs no provider: it is refused, or needs no caller. */
    private Uni<SecurityIdentity> withoutCredential(RoutingContext context) {
        boolean ofBrowser = !isOfApi(context) || context.request().headers().contains("Cookie");
        return hasProvider && ofBrowser
                ? leaveToTheProvider()
                : Uni.createFrom().optional(Optional.empty());
    }

    /** No identity: the provider's mechanism looks at the request, once the provider is known. */
    private Uni<SecurityIdentity> leaveToTheProvider() {
        return provider.isKnown()
                ? Uni.createFrom().optional(Optional.empty())
                : Uni.createFrom().failure(new ProviderUnknown());
    }

    private static boolean isOfApi(RoutingContext context) {
        return String.valueOf(context.normalizedPath()).startsWith("/api/");
    }

    private boolean isEnded(StoredToken token) {
        return token.name().equals(Bootstrap.NAME) && bootstrap.hasEnded();
    }

    private static Uni<SecurityIdentity> refuse(String reason) {
        return Uni.createFrom().failure(new AuthenticationFailedException(reason));
    }

    private Caller caller(RoutingContext context, StoredToken token, String address) {
        tokens.used(token);
        Caller caller = token.name().equals(Bootstrap.NAME)
                ? new Caller(Bootstrap.NAME, SignIn.BOOTSTRAP, token.grants(), address)
                : new Caller("token:" + token.name(), SignIn.TOKEN, token.grants(), address);
        seen(context, caller);
        return caller;
    }

    /** The handshake has checked the certificate; a connection can outlast it. */
    private Uni<SecurityIdentity> ofCertificate(RoutingContext context, X509Certificate certificate, String address) {
        if (!peers.isTrusted(context.request())) {
            // the next connection begins with a handshake
            int unused = context.addEndHandler(_ -> close(context.request()));
            return refuse(RefusedCredentials.FORMER_AUTHORITY);
        }
        Instant end = certificate.getNotAfter().toInstant();
        if (!clock.instant().isBefore(end)) {
            return refuse(RefusedCredentials.EXPIRED_CERTIFICATE);
        }
        String subject = certificate.getSubjectX500Principal().getName();
        List<String> names = CertificateNames.of(certificate);
        String name = subject.isEmpty() ? names.getLast() : subject;
        if (!Printable.isName(name)) {
            return refuse(RefusedCredentials.UNPRINTABLE_NAME);
        }
        Caller caller = new Caller("certificate:" + name, SignIn.CERTIFICATE, certificates.grants(names), address);
        seen(context, caller);
        return Uni.createFrom()
                .item(identity(
                        caller,
                        Map.of(
                                HeldSignIns.EXPIRES,
                                end.getEpochSecond(),
                                HeldSignIns.CERTIFICATE,
                                context.request().sslSession())));
    }

    /** Only a port without TLS has such callers, and that listens on loopback. */
    private Optional<Caller> loopback(HttpServerRequest request, String address) {
        boolean ofProvider = hasProvider && request.headers().contains("Cookie");
        return loopback.isEmpty() || request.isSSL() || ofProvider
                ? Optional.empty()
                : Optional.of(new Caller("loopback", SignIn.LOOPBACK, loopback, address));
    }

    private void seen(RoutingContext context, Caller caller) {
        if (caller.isLastingAdmin()) {
            bootstrap.adminExists(caller, CurrentRequest.id(context));
        }
    }

    private static void close(HttpServerRequest request) {
        Future<Void> unused = request.connection().close();
    }

    private static SecurityIdentity identity(Caller caller, Map<String, Object> attributes) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(caller)
                .addRoles(caller.roleNames())
                .addAttributes(attributes)
                .build();
    }

    /** Programs are asked for a bearer token. Pages are left to the provider's mechanism, which begins its sign-in. */
    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        boolean page = hasProvider && !isOfApi(context);
        return page
                ? Uni.createFrom().optional(Optional.empty())
                : Uni.createFrom()
                        .item(new ChallengeData(UNAUTHORIZED, "WWW-Authenticate", RefusedCredentials.CHALLENGE));
    }

    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 100;
    }
}
