package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class JsonLineTest {
    private final JsonLine format = new JsonLine();

    @Test
    void auditLineHasItsFields() throws Exception {
        JsonNode line =
                json(event("credentials served containerId=c leaseId=l iamRoleArn=arn:aws:iam::1:role/a name=default"));

        assertThat(line.propertyStream().map(field -> field.getKey()))
                .containsExactly("time", "level", "logger", "message", "fields");
        assertThat(line.get("time").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)");
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("logger").asText()).isEqualTo("io.mesosiam.agent.audit");
        assertThat(line.get("message").asText()).isEqualTo("credentials served");
        assertThat(line.get("fields").toString())
                .isEqualTo(
                        "{\"containerId\":\"c\",\"leaseId\":\"l\",\"iamRoleArn\":\"arn:aws:iam::1:role/a\",\"name\":\"default\"}");
    }

    @Test
    void parametersAreFields() throws Exception {
        LogRecord event = event("stream ended code={0} reason={1} port={2,number,#}");
        event.setParameters(new Object[] {"gone", "he said \"no\"", 51679});

        assertThat(json(event).get("fields").toString())
                .isEqualTo("{\"code\":\"gone\",\"reason\":\"he said 'no'\",\"port\":\"51679\"}");
    }

    @Test
    void hostileValueStaysInItsField() throws Exception {
        LogRecord event = event("lease removed leaseId={0} reason={1}");
        event.setParameters(new Object[] {"l", "x\"}\n{\"level\":\"ERROR\" code=OK \u2028\ud800\\"});

        assertThat(json(event).get("fields").propertyStream().map(field -> field.getKey()))
                .containsExactly("leaseId", "reason");
    }

    @Test
    void stackTraceIsAValue() throws Exception {
        LogRecord event = event("unexpected failure");
        event.setThrown(new IllegalStateException("broken\n{}"));

        assertThat(json(event).get("stackTrace").asText())
                .startsWith("java.lang.IllegalStateException: broken\n{}\n\tat ");
    }

    private JsonNode json(LogRecord event) throws JsonProcessingException {
        String line = format.format(event);
        assertThat(line).endsWith("\n").hasLineCount(1);
        return JsonMapper.builder().build().readTree(line);
    }

    private static LogRecord event(String message) {
        LogRecord event = new LogRecord(Level.WARNING, message);
        event.setLoggerName("io.mesosiam.agent.audit");
        return event;
    }
}
