package io.mesosiam.agent.hostrole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostCredentialsTest {
    private static final String KEY = "ASIAEXAMPLEEXAMPLE12";

    @Test
    void answerIsReadAndZeroed() throws IOException {
        byte[] answer = FakeMetadata.credentials(KEY, "secret/Key+1", "token==").getBytes(StandardCharsets.UTF_8);

        HostCredentials credentials = HostCredentials.read(answer);

        assertThat(credentials.accessKeyId()).isEqualTo(KEY);
        assertThat(credentials.secretAccessKey()).isEqualTo(Secret.of("secret/Key+1"));
        assertThat(credentials.token()).isEqualTo(Secret.of("token=="));
        assertThat(answer).containsOnly(0);
    }

    @Test
    void credentialsPrintNoSecretAndAreZeroedAtTheEnd() throws IOException {
        HostCredentials credentials = HostCredentials.read(
                FakeMetadata.credentials(KEY, "secret-key", "session-token").getBytes(StandardCharsets.UTF_8));
        assertThat(credentials.toString()).doesNotContain("secret-key", "session-token");

        credentials.close();

        assertThat(credentials.secretAccessKey().reveal()).containsOnly(0);
        assertThat(credentials.token().reveal()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "<html>quoted-secret",
                "{\"AccessKeyId\": \"ASIAEXAMPLEEXAMPLE12\"}",
                "{\"AccessKeyId\": \"ASIAEXAMPLEEXAMPLE12\", \"SecretAccessKey\": \"quoted-secret\"}",
                "{\"AccessKeyId\": 7, \"SecretAccessKey\": \"quoted-secret\", \"Token\": \"t\"}",
                "{\"AccessKeyId\": \"k\", \"SecretAccessKey\": \"quoted-secret\", \"Token\": \"t\"}",
                "{\"AccessKeyId\": \"ASIAEXAMPLEEXAMPLE12\", \"SecretAccessKey\": \"quoted-secret\\r\\n\", \"Token\": \"t\"}",
                "{\"AccessKeyId\": \"ASIAEXAMPLEEXAMPLE12\", \"SecretAccessKey\": \"quoted-secret\", \"Token\": \"é\"}",
                "{\"AccessKeyId\": \"ASIAEXAMPLEEXAMPLE12\", \"SecretAccessKey\": \"quoted-secret\", \"Token\": \"\"}",
                "{\"AccessKeyId\": \"ASIAEXAMPLEEXAMPLE12\", \"SecretAccessKey\": \"quoted-secret\", \"Token\": \"t\"",
            })
    void otherAnswersAreRefusedWithoutQuotingThem(String answer) {
        assertThatThrownBy(() -> HostCredentials.read(answer.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessage("the metadata service answers with no credentials")
                .hasNoCause();
    }
}
