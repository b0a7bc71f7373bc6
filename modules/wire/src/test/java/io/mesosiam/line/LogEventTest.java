package io.mesosiam.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogEventTest {
    @Test
    void fieldsFollowTheEvent() {
        LogEvent event = LogEvent.of("agent connected mesosAgentId=S1 epoch=2 reason=\"he said 'no'\" code=");

        assertThat(event.text()).isEqualTo("agent connected");
        assertThat(event.fields())
                .containsExactly(
                        entry("mesosAgentId", "S1"),
                        entry("epoch", "2"),
                        entry("reason", "he said 'no'"),
                        entry("code", ""));
    }

    @Test
    void valueWithAnEqualsSignIsOneValue() {
        assertThat(LogEvent.of("refused path=/a?b=c d=\"e=f g=h\"").fields())
                .containsExactly(entry("path", "/a?b=c"), entry("d", "e=f g=h"));
    }

    @Test
    void hostileValueMakesNoFieldOfItsOwn() {
        String hostile = "x\" code=OK leaseId=\"1\u2028 code=OK";

        assertThat(LogEvent.of("refused taskId=" + LogValue.of(hostile) + " code=NoPolicy")
                        .fields())
                .containsExactly(entry("taskId", "x' code=OK leaseId='1? code=OK"), entry("code", "NoPolicy"));
    }

    @Test
    void firstOfEqualKeysCounts() {
        assertThat(LogEvent.of("refused code=NoPolicy code=OK").fields()).containsExactly(entry("code", "NoPolicy"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sts answers",
                "can not start: MESOS_IAM_AGENT_LISTEN=x: is no address. Name one.",
                "agent gone mesosAgentId=S1 and more",
                "a reason=\"not closed",
            })
    void lineOfAnotherFormIsTheEvent(String line) {
        assertThat(LogEvent.of(line).text()).isEqualTo(line);
        assertThat(LogEvent.of(line).fields()).isEmpty();
    }
}
