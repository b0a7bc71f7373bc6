package io.mesosiam.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a text that is not one JSON value. */
class MalformedJsonTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                           | it is empty
            {"externalId": "hunter2"     | it ends too early, at line 1, column 25
            {"externalId": hunter2}      | it is not well-formed JSON, at line 1, column 16
            {"hunter2": 1, "hunter2": 2} | an object has a key twice, at line 1, column 25
            {"externalId": 1} hunter2    | it is not well-formed JSON, at line 1, column 19
            {"externalId": 1} {}         | something follows its value, at line 1, column 19
            """)
    void messageSaysWhereAndQuotesNothing(String text, String message) {
        Throwable failure = catchThrowable(() -> Json.parse(text));

        assertThat(failure).isInstanceOf(Json.Malformed.class).hasMessage(message);
        assertThat(failure.toString()).doesNotContain("hunter2");
        assertThat(failure.getCause()).isNull();
    }
}
