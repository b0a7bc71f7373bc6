package io.mesosiam.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTokenTest {
    private static final String PIN = "a_-" + "b".repeat(40);

    @Test
    void textIsReadByFixedLengths() {
        for (int i = 0; i < 200; i++) {
            JoinToken token = JoinToken.random(new SecureRandom(), UUID.randomUUID(), PIN);

            JoinToken read = JoinToken.parse(token.reveal()).orElseThrow();

            assertThat(read.id()).isEqualTo(token.id());
            assertThat(read.hash()).isEqualTo(token.hash()).hasSize(32);
            assertThat(read.reveal()).hasSize(4 + 32 + 1 + 43 + 1 + 43).endsWith("_" + PIN);
        }
    }

    @Test
    void textOfAnObjectHasNoSecret() {
        JoinToken token = JoinToken.random(new SecureRandom(), UUID.randomUUID(), PIN);

        assertThat(token).hasToString("JoinToken[" + token.id() + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "mij_", "mia_0123456789abcdef0123456789abcdef_x_y", "mij_0123456789ABCDEF0123456789abcdef"})
    void otherTextIsNoToken(String text) {
        assertThat(JoinToken.parse(text)).isEmpty();
    }
}
