package io.mesosiam.mesos.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A Mesos agent's attributes are equal from {@code /state} and from v1, for all types. */
class AgentAttributesTest {
    @Test
    void stateGivesNumbersRangesAndSets() throws Exception {
        assertThat(attributes("""
                {"rack": 109.0, "zone": "a", "ports": "[1-2, 5-8]", "disks": "{sda, sdb}"}"""))
                .isEqualTo(Map.of("rack", "109.0", "zone", "a", "ports", "[1-2, 5-8]", "disks", "{sda, sdb}"));
    }

    @Test
    void v1GivesTheSame() throws Exception {
        assertThat(attributes("""
                [{"name": "rack", "type": "SCALAR", "scalar": {"value": 109.0}},
                 {"name": "zone", "type": "TEXT", "text": {"value": "a"}},
                 {"name": "ports", "type": "RANGES", "ranges": {"range": [{"begin": 1, "end": 2}, {"begin": 5, "end": 8}]}},
                 {"name": "disks", "type": "SET", "set": {"item": ["sda", "sdb"]}}]"""))
                .isEqualTo(Map.of("rack", "109.0", "zone", "a", "ports", "[1-2, 5-8]", "disks", "{sda, sdb}"));
    }

    @Test
    void nameWithTwoValuesIsUnreadable() throws Exception {
        assertThat(attributes("""
                [{"name": "rack", "type": "TEXT", "text": {"value": "r1"}},
                 {"name": "rack", "type": "TEXT", "text": {"value": "r2"}},
                 {"name": "zone", "type": "TEXT", "text": {"value": "a"}},
                 {"name": "zone", "type": "TEXT", "text": {"value": "a"}}]""")).isEqualTo(Map.of("rack", "\uFFFD", "zone", "a"));
        assertThat(attributes("""
                {"rack": "r1", "rack": "r2"}""")).isEqualTo(Map.of("rack", "\uFFFD"));
    }

    @Test
    void unknownTypeIsUnreadable() throws Exception {
        assertThat(attributes("""
                [{"name": "rack", "type": "CURVE", "curve": {"value": "r1"}}]""")).isEqualTo(Map.of("rack", "\uFFFD"));
    }

    @Test
    void attributesOfMoreThanAMebibyteRejectTheMesosAgent() {
        String items = "\"sda\", ".repeat(40_000) + "\"sdb\"";

        assertThatThrownBy(() ->
                        attributes("[{\"name\": \"disks\", \"type\": \"SET\", \"set\": {\"item\": [" + items + "]}}]"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attributes have more than 1048576 characters");
    }

    private static Map<String, String> attributes(String json) throws IOException {
        String agent = "{\"id\": \"S0\", \"pid\": \"slave(1)@192.0.2.1:5051\", \"attributes\": " + json + "}";
        return MasterJson.document(
                "test",
                new ByteArrayInputStream(agent.getBytes(StandardCharsets.UTF_8)),
                parser -> AgentDraft.read(parser).build().attributes());
    }
}
