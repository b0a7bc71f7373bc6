package io.mesosiam.signin;

import io.mesosiam.loglimit.RepeatedLines;
import io.quarkus.security.AuthenticationCompletionException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.AuthenticationRedirectException;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Answers each request whose credential is wrong: counted, and audited. The answer says what the sender of the request knows
 * already; whether a token was never made, or is revoked, it doesn't say.
 */
@Singleton
final class RefusedCredentials {
    private static final Logger LOG = Logger.getLogger(RefusedCredentials.class);

    static final String CHALLENGE = "Bearer realm=\"mesos-iam\"";
    private static final String INVALID = CHALLENGE + ", error=\"invalid_token\"";

    static final String SEVERAL = "several credentials";
    static final String OTHER_KIND = "another kind of credential";
    static final String EXPIRED_TOKEN = "an expired API token";
    static final String EXPIRED_CERTIFICATE = "an expired certificate";
    static final String UNPRINTABLE_NAME = "a name that is not printable, or longer than 240 characters";
    static final String FORMER_AUTHORITY = "a certificate of an authority that is no longer trusted";
    static final String OTHER_AUDIENCE = "a token for another audience";
    static final String NO_NAME = "a token without the claim of the name";

    /** The reasons of our own mechanism; the text of a library is not shown. */
    private static final Set<String> OWN = Set.of(
            SEVERAL,
            OTHER_KIND,
            EXPIRED_TOKEN,
            "an unknown token",
            "an invalid API token",
            EXPIRED_CERTIFICATE,
            UNPRINTABLE_NAME,
            FORMER_AUTHORITY,
            OTHER_AUDIENCE,
            NO_NAME);

    private static final String PROVIDER_AWAY = "the provider that signs callers in can't be reached";
    private static final String OF_THE_PROVIDER = "a token of the provider";

    /** Every reason for which a credential is refused. */
    static final Set<String> REASONS =
            Stream.concat(OWN.stream(), Stream.of(OF_THE_PROVIDER)).collect(Collectors.toUnmodifiableSet());

    /** Unknown callers must not fill the log. */
    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));

    private final FailedSignIns failures;
    private final Refusals refusals;
    private final RefusedSignIn answers;
    private final InstantSource clock;

    @Inject
    RefusedCredentials(Refusals refusals, RefusedSignIn answers, SignInConfig config, InstantSource clock) {
        this.failures = new FailedSignIns(config.failuresPerMinute());
        this.refusals = refusals;
        this.answers = answers;
        this.clock = clock;
    }

    /** From now on a failure of the request's sign-in is answered here. */
    void watch(RoutingContext context) {
        BiConsumer<RoutingContext, Throwable> ours = this::failed;
        context.put(QuarkusHttpUser.AUTH_FAILURE_HANDLER, ours);
    }

    private void failed(RoutingContext context, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (context.response().ended()) {
            return;
        }
        switch (cause) {
            case AuthenticationFailedException wrong -> refuse(context, Optional.ofNullable(wrong.getMessage()));
            case AuthenticationCompletionException _ -> refuse(context, Optional.empty());
            case AuthenticationRedirectException redirect -> redirect(context, redirect);
            // the log has a line since the table of tokens can't be followed
            case TokensUnknown _ -> answers.unavailable(context, "API tokens were last read too long ago");
            // the log has a line since the controller started
            case ProviderUnknown _ -> answers.unavailable(context, PROVIDER_AWAY);
            default -> {
                String reason = cause.getClass().getSimpleName();
                lines.due(reason, clock.instant())
                        .ifPresent(repeated ->
                                LOG.warnf("sign-in not decided reason=\"%s\" repeated=%d", reason, repeated));
                LOG.debug("sign-in not decided", cause);
                answers.unavailable(context, PROVIDER_AWAY);
            }
        }
    }

    /** A step of the provider's sign-in; its mechanism has set the cookies. */
    private static void redirect(RoutingContext context, AuthenticationRedirectException redirect) {
        var _ = context.response()
                .setStatusCode(redirect.getCode())
                .putHeader("Location", redirect.getRedirectUri())
                .putHeader("Cache-Control", "no-store")
                .end();
    }

    private void refuse(RoutingContext context, Optional<String> message) {
        String address = context.request().remoteAddress().hostAddress();
        String reason = message.filter(OWN::contains).orElse(OF_THE_PROVIDER);
        Optional<Duration> wait = failures.failed(address, clock.instant());
        refusals.signIn(context, reason);
        answers.refuse(context, answer(reason), INVALID, wait);
    }

    private static String answer(String reason) {
        return switch (reason) {
            case SEVERAL -> "the request has more than one Authorization header: send one";
            case OTHER_KIND -> "the Authorization header must be 'Bearer' and a token";
            case EXPIRED_TOKEN -> "the API token has expired: make another one";
            case EXPIRED_CERTIFICATE -> "the client certificate has expired";
            case OTHER_AUDIENCE -> "the provider's token is for another audience";
            default -> "the credential is not valid: it is unknown, revoked, or of an issuer that is not trusted here";
        };
    }
}
