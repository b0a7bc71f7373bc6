package io.mesosiam.channel;

import static io.mesosiam.channel.ChannelFixture.S1;
import static io.mesosiam.channel.ChannelFixture.hello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TimeLimit;
import org.junit.jupiter.api.Test;

/** A custom trigger on table agent may raise an error text of several lines; each log line stays one line. */
class ClaimReasonTest {
    @Test
    void claimRefusedByTheDatabaseIsLoggedInOneLine() throws Exception {
        try (ChannelLog log = new ChannelLog();
                ChannelFixture fixture = new ChannelFixture();
                Refusal _ = new Refusal(fixture.database(), "insert or update")) {
            StreamClient agent = fixture.connect();
            agent.send(hello(S1));

            Fault fault = agent.receiveEnd();

            assertThat(fault.code()).isEqualTo("not-recordable");
            assertThat(fault.message()).doesNotContain("not today");
            assertOneLine(log, "claim not recorded");
        }
    }

    @Test
    void streamEndRefusedByTheDatabaseIsLoggedInOneLine() throws Exception {
        try (ChannelLog log = new ChannelLog();
                ChannelFixture fixture = new ChannelFixture()) {
            StreamClient agent = fixture.open();
            try (Refusal _ = new Refusal(fixture.database(), "update")) {
                agent.close();
                assertOneLine(log, "end of a stream not recorded");
            }
        }
    }

    private static void assertOneLine(ChannelLog log, String begin) {
        await().atMost(TimeLimit.seconds(10)).untilAsserted(() -> assertThat(log.lines())
                .filteredOn(line -> line.contains(begin))
                .singleElement()
                .asString()
                .contains("not today")
                .doesNotContain("forged", "\n", "\t"));
    }

    /** A trigger on table agent that refuses rows until this is closed. */
    private record Refusal(TestDatabase database) implements AutoCloseable {
        Refusal(TestDatabase database, String when) {
            this(database);
            database.execute("""
                    create function refuse() returns trigger language plpgsql as $$
                    begin
                        raise exception E'not\\ttoday\\nforged line';
                    end
                    $$""");
            database.execute(
                    "create trigger refuse before " + when + " on agent for each row execute function refuse()");
        }

        @Override
        public void close() {
            database.execute("drop trigger refuse on agent");
            database.execute("drop function refuse");
        }
    }
}
