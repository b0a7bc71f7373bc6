package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTokenTest {
    @Test
    void randomTokenIsParsedBackAndHasTheSameHash() {
        ApiToken token = ApiToken.random(new SecureRandom());

        assertThat(ApiToken.parse(token.reveal()))
                .get()
                .extracting(ApiToken::hash)
                .isEqualTo(token.hash());
        assertThat(token.hash())
                .isNotEqualTo(ApiToken.random(new SecureRandom()).hash());
    }

    @Test
    void textDoesNotShowTheSecret() {
        ApiToken token = ApiToken.random(new SecureRandom());

        assertThat(String.valueOf(token)).isEqualTo("mia_…");
        assertThat(String.valueOf(new Tokens.Created(token, StoredTokens.valid())))
                .doesNotContain(token.reveal().substring(4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "mia_",
                "mia_short",
                "MIA_test-token-of-an-admin-test-token-of-an-admi",
                "mia_test-token-of-an-admin-test-token-of-an-admin-"
            })
    void otherTextIsNoToken(String text) {
        assertThat(ApiToken.parse(text)).isEmpty();
    }
}
