package io.mesosiam.signin;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLSession;

/**
 * How long the sign-in of a request lasts, for an answer that takes long.
 *
 * @param token the API token; empty for another way of signing in
 * @param until when the credential expires; empty if it doesn't, or if that is the token's
 * @param certificate the connection whose client certificate signed in; empty for another way of signing in
 */
public record HeldSignIn(Optional<UUID> token, Optional<Instant> until, Optional<SSLSession> certificate) {}
