package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.smallrye.mutiny.TimeoutException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainReasonTest {
    @ParameterizedTest
    @ValueSource(strings = {"x", "[", "{\"a\": }", "[1,]", "nan", "", "[\u0001]"})
    void jsonThatCannotBeReadIsOnePlainLine(String json) {
        for (Function<String, Object> reader :
                java.util.List.<Function<String, Object>>of(JsonArray::new, JsonObject::new)) {
            assertThat(PlainReason.of(catchThrowable(() -> reader.apply(json))))
                    .startsWith("it is not JSON: ")
                    .doesNotContainPattern("\\p{Cntrl}")
                    .doesNotContain("Source", "Exception", "Failed to decode");
        }
    }

    @Test
    void exceptionWithoutAMessageIsNamed() {
        assertThat(PlainReason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
        assertThat(PlainReason.of(new IllegalStateException("first\nsecond"))).isEqualTo("first");
        assertThat(PlainReason.of(new IllegalStateException("a".repeat(1000)))).hasSizeLessThan(310);
    }

    @Test
    void networkFailureWithoutAMessageHasAPlainReason() {
        assertThat(PlainReason.of(new ConnectException())).isEqualTo("connection refused");
        assertThat(PlainReason.of(new TimeoutException())).isEqualTo("no answer in time");
        assertThat(PlainReason.of(new UnknownHostException("db.example.com")))
                .isEqualTo("no such host: db.example.com");
    }
}
