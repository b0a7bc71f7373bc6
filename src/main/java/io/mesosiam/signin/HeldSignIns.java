package io.mesosiam.signin;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLSession;

/** Tells whether the sign-in of an earlier request still holds. */
@Singleton
public final class HeldSignIns {
    /** The id of the API token, in an identity. */
    static final String TOKEN = "mesos-iam.token";

    /** The connection of the client certificate, in an identity. */
    static final String CERTIFICATE = "mesos-iam.certificate";

    /** When the credential expires, in seconds since the epoch: Quarkus sets it for tokens of a provider. */
    static final String EXPIRES = "quarkus.identity.expire-time";

    private final SecurityIdentity identity;
    private final Tokens tokens;
    private final PeerCertificates peers;

    @Inject
    HeldSignIns(SecurityIdentity identity, Tokens tokens, PeerCertificates peers) {
        this.identity = identity;
        this.tokens = tokens;
        this.peers = peers;
    }

    /** The sign-in of the request that the current thread answers. */
    public HeldSignIn current() {
        return new HeldSignIn(
                Optional.ofNullable(identity.<UUID>getAttribute(TOKEN)),
                Optional.ofNullable(identity.<Number>getAttribute(EXPIRES))
                        .map(seconds -> Instant.ofEpochSecond(seconds.longValue())),
                Optional.ofNullable(identity.<SSLSession>getAttribute(CERTIFICATE)));
    }

    /**
     * Whether the credential would be accepted now: it has neither expired nor been revoked, the authority of a certificate
     * is trusted, and whether a token is revoked is known.
     */
    public boolean holds(HeldSignIn held, Instant now) {
        boolean unexpired = held.until().map(now::isBefore).orElse(true);
        boolean valid = held.token()
                .map(id -> tokens.areKnown()
                        && tokens.withId(id).filter(token -> token.isValid(now)).isPresent())
                .orElse(true);
        return unexpired && valid && held.certificate().map(peers::isTrusted).orElse(true);
    }
}
