package io.mesosiam.signin;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * How long the sign-in of a request lasts, for an answer that takes long.
 *
 * @param token the API token; empty for another way of signing in
 * @param until when the credential expires; empty if it doesn't, or if that is the token's
 */
public record HeldSignIn(Optional<UUID> token, Optional<Instant> until) {}
