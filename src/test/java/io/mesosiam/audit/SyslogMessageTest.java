package io.mesosiam.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events as messages of RFC 5424. */
class SyslogMessageTest {
    private static final OffsetDateTime AT = OffsetDateTime.parse("2026-11-26T20:00:00.123456Z");

    @Test
    void aMessageHasTheHeaderOfRfc5424AndTheEventAsJson() {
        assertThat(message("done", "master-1", "x"))
                .isEqualTo(
                        "<110>1 2026-11-26T20:00:00.123456Z master-1 mesos-iam - audit - {\"detail\":{\"a\":\"x\"}}");
    }

    @ParameterizedTest
    @CsvSource({"done, <110>1", "refused, <109>1", "failed, <108>1"})
    void theSeverityIsThatOfTheOutcome(String outcome, String priority) {
        assertThat(message(outcome, "h", "x")).startsWith(priority + " ");
    }

    @ParameterizedTest
    @CsvSource({"'a b', ab", "'ü', -", "'', -"})
    void theHostIsPrintable(String host, String written) {
        assertThat(message("done", host, "x")).contains("Z " + written + " mesos-iam");
    }

    @Test
    void anEventThatIsTooLongIsSentWithoutItsDetail() {
        assertThat(message("done", "h", "ü".repeat(300)))
                .endsWith(" {\"detailOmitted\":true}")
                .doesNotContain("ü");
    }

    private static String message(String outcome, String host, String detail) {
        AuditedEvent event =
                new AuditedEvent(7, AT, outcome, new JsonObject().put("detail", new JsonObject().put("a", detail)));
        return new String(SyslogMessage.of(event, host, 512), StandardCharsets.UTF_8);
    }
}
