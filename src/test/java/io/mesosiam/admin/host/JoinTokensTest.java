package io.mesosiam.admin.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.admin.Refused.Fault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinTokensTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "5"   | "3600"
            0     | 59
            10001 | 2592001
            null  | 1.5
            """, quoteCharacter = '\'')
    void numberOutOfRangeOrOfAnotherTypeIsAnsweredWithTheRange(String uses, String seconds) throws Exception {
        String body = "{\"hostname\": \"h.example\", \"uses\": " + uses + ", \"expiresInSeconds\": " + seconds + "}";

        assertThat(JoinTokens.faults(JsonMapper.builder().build().readTree(body)))
                .containsExactlyInAnyOrder(
                        new Fault("uses", "must be a whole number from 1 to 10000"),
                        new Fault("expiresInSeconds", "must be a whole number from 60 to 2592000"));
    }
}
