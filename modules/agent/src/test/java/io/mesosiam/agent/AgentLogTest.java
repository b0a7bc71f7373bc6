package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class AgentLogTest {
    private final AgentLog.Line format = new AgentLog.Line();

    @Test
    void eventIsOneLineWithTimeLevelAndLogger() {
        assertThat(format.format(event("credentials served containerId=c")))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) INFO io.mesosiam.agent.audit"
                                + " credentials served containerId=c\n");
    }

    @Test
    void parametersAreFilledIn() {
        LogRecord event = event("applied port={0,number,#} paths={1}");
        event.setParameters(new Object[] {51679, "/v2/credentials"});

        assertThat(format.format(event)).endsWith(" applied port=51679 paths=/v2/credentials\n");
    }

    @Test
    void controlCharactersInAMessageAreReplaced() {
        assertThat(format.format(event("refused reason=x\r\n2026-01-01T00:00:00.000+0000 INFO audit served\u001b[2K")))
                .endsWith(" refused reason=x??2026-01-01T00:00:00.000+0000 INFO audit served?[2K\n")
                .hasLineCount(1);
    }

    @Test
    void onlyValuesWithBlanksAreInQuotes() {
        LogRecord event = event("stream ended code={0} reason={1} port={2,number,#} after={3} {4}");
        event.setParameters(new Object[] {"gone", "he said \"no\" twice", 51679, null, "two words"});

        assertThat(format.format(event))
                .endsWith(" stream ended code=gone reason=\"he said 'no' twice\" port=51679 after=null two words\n");
    }

    @Test
    void quotesOfAValueWithinQuotesAreReplaced() {
        LogRecord event = event("message skipped type=\"{0}\" count={1}");
        event.setParameters(new Object[] {"x\" leaseId=\"forged", 2});

        assertThat(format.format(event)).endsWith(" message skipped type=\"x' leaseId='forged\" count=2\n");
    }

    @Test
    void stackTraceFollowsItsEvent() {
        LogRecord event = event("could not answer");
        event.setThrown(new IllegalStateException("broken"));

        assertThat(format.format(event))
                .contains(" could not answer\n\tjava.lang.IllegalStateException: broken\n\tat ")
                .endsWith("\n");
    }

    @Test
    void messageOfAnExceptionCannotLookLikeAnotherEvent() {
        LogRecord event = event("could not answer");
        event.setThrown(new IllegalStateException("x\n2026-01-01T00:00:00.000Z INFO served\r\u001b[2K\u2028y"));

        assertThat(format.format(event))
                .contains("\n\tjava.lang.IllegalStateException: x\n\t2026-01-01T00:00:00.000Z INFO served\n\t?[2K?y\n");
    }

    private static LogRecord event(String message) {
        LogRecord event = new LogRecord(Level.INFO, message);
        event.setLoggerName("io.mesosiam.agent.audit");
        return event;
    }
}
