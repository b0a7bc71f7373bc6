package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mesosiam.agent.attest.Container;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Session tokens of the metadata service, version 2. Issued tokens are not stored: a token consists of its end and a
 * signature over the end and the container, with a key that lives as long as the agent. So a token of another container
 * is invalid, and so is one from before a restart; SDKs then fetch a new one.
 *
 * <p>A token does not identify the caller; attestation does. It shows that the program can send a PUT and read its
 * answer, which a program that was only tricked into fetching a URL can't.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html">IMDSv2</a>
 */
final class MetadataTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;

    private final boolean needed;
    private final InstantSource clock;
    private final SecretKeySpec key;

    /** @param needed whether a request without a token is refused; one with a wrong token always is */
    MetadataTokens(boolean needed, InstantSource clock, SecureRandom random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        this.needed = needed;
        this.clock = clock;
        this.key = new SecretKeySpec(bytes, ALGORITHM);
    }

    String issue(Container container, Duration life) {
        return sign(container, clock.instant().plus(life).getEpochSecond());
    }

    /** Whether a container with this token, or without one, gets an answer. */
    boolean admit(Container container, Optional<String> token) {
        return token.map(text -> valid(container, text)).orElse(!needed);
    }

    private boolean valid(Container container, String token) {
        Optional<Long> end = end(token);
        return end.isPresent()
                && MessageDigest.isEqual(
                        token.getBytes(UTF_8), sign(container, end.get()).getBytes(UTF_8))
                && clock.instant().isBefore(Instant.ofEpochSecond(end.get()));
    }

    /** The end that a token states; empty if it is malformed. */
    private static Optional<Long> end(String token) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(token);
            return bytes.length < Long.BYTES
                    ? Optional.empty()
                    : Optional.of(ByteBuffer.wrap(bytes).getLong());
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private String sign(Container container, long end) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(end)
                    .putLong(container.startTicks())
                    .flip());
            byte[] signature = mac.doFinal(container.id().getBytes(UTF_8));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(ByteBuffer.allocate(Long.BYTES + signature.length)
                            .putLong(end)
                            .put(signature)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
