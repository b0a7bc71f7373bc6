package io.mesosiam.signin;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Tells whether the sign-in of an earlier request still holds. */
@Singleton
public final class HeldSignIns {
    /** The id of the API token, in an identity. */
    static final String TOKEN = "mesos-iam.token";

    /** When the credential expires, in seconds since the epoch: Quarkus sets it for tokens of a provider. */
    static final String EXPIRES = "quarkus.identity.expire-time";

    private final SecurityIdentity identity;
    private final Tokens tokens;

    @Inject
    HeldSignIns(SecurityIdentity identity, Tokens tokens) {
        this.identity = identity;
        this.tokens = tokens;
    }

    /** The sign-in of the request that the current thread answers. */
    public HeldSignIn current() {
        return new HeldSignIn(
                Optional.ofNullable(identity.<UUID>getAttribute(TOKEN)),
                Optional.ofNullable(identity.<Number>getAttribute(EXPIRES))
                        .map(seconds -> Instant.ofEpochSecond(seconds.longValue())));
    }

    /** Whether the credential has neither expired nor been revoked. */
    public boolean holds(HeldSignIn held, Instant now) {
        boolean unexpired = held.until().map(now::isBefore).orElse(true);
        boolean valid = held.token()
                .map(id -> tokens.withId(id).filter(token -> token.isValid(now)).isPresent())
                .orElse(true);
        return unexpired && valid;
    }
}
