package io.mesosiam.agent.serve;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataTokensTest {
    private static final Container TASK = new Container("parent/task", 4711);
    private static final Duration LIFE = Duration.ofHours(6);

    private Instant now = Instant.parse("2090-01-01T00:00:00.5Z");
    private final MetadataTokens tokens = new MetadataTokens(true, () -> now, new SecureRandom());

    @Test
    void tokenIsValidForItsContainerUntilItExpires() {
        String token = tokens.issue(TASK, LIFE);

        assertThat(admits(TASK, token)).isTrue();
        now = now.plus(LIFE).minusSeconds(1);
        assertThat(admits(TASK, token)).isTrue();
        now = now.plusSeconds(1);
        assertThat(admits(TASK, token)).isFalse();
    }

    @Test
    void tokenIsInvalidForOtherContainers() {
        String token = tokens.issue(TASK, LIFE);

        for (Container other : List.of(
                new Container("parent/other", 4711),
                new Container("parent", 4711),
                new Container("parent/task/check", 4711),
                new Container("parent/task", 4712),
                new Container("", 4711))) {
            assertThat(admits(other, token)).as("%s", other).isFalse();
        }
    }

    @Test
    void tokenIsInvalidAfterARestart() {
        String token = tokens.issue(TASK, LIFE);

        MetadataTokens restarted = new MetadataTokens(true, () -> now, new SecureRandom());

        assertThat(restarted.admit(TASK, Optional.of(token))).isFalse();
    }

    @Test
    void tokenWithAChangedBitIsInvalid() {
        byte[] token = Base64.getUrlDecoder().decode(tokens.issue(TASK, LIFE));
        for (int bit = 0; bit < token.length * 8; bit++) {
            byte[] changed = token.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));

            assertThat(admits(TASK, Base64.getUrlEncoder().withoutPadding().encodeToString(changed)))
                    .as("bit %d changed", bit)
                    .isFalse();
        }
    }

    @Test
    void otherEncodingsOfATokenAreInvalid() {
        String token = tokens.issue(TASK, LIFE);

        for (String other : List.of("", token + "=", token + "A", " " + token, token.substring(1), token + token)) {
            assertThat(admits(TASK, other)).as(other).isFalse();
        }
    }

    @Test
    void malformedTokenIsInvalid() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);

            assertThat(admits(TASK, new String(bytes, ISO_8859_1))).isFalse();
            assertThat(admits(TASK, Base64.getUrlEncoder().encodeToString(bytes)))
                    .isFalse();
        }
    }

    @Test
    void missingTokenDependsOnTheSettingAndAWrongOneIsRefused() {
        MetadataTokens optional = new MetadataTokens(false, () -> now, new SecureRandom());

        assertThat(tokens.admit(TASK, Optional.empty())).isFalse();
        assertThat(optional.admit(TASK, Optional.empty())).isTrue();
        assertThat(optional.admit(TASK, Optional.of("AAAA"))).isFalse();
    }

    private boolean admits(Container container, String token) {
        return tokens.admit(container, Optional.of(token));
    }
}
