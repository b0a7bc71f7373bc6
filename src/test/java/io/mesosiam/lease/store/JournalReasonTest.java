package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.S1;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A local trigger may raise a message of several lines; each log record of the journal stays one line. */
class JournalReasonTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final JournalFixture fixture = new JournalFixture(DB);

    @AfterAll
    static void drop() {
        DB.close();
    }

    @AfterEach
    void dropTrigger() {
        DB.execute("drop trigger refuse on audit_event");
        DB.execute("drop function refuse");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
                    P0001 | journal entry refused by the database part=event
                    42501 | journal entries wait held=
                    58030 | journal not writable
                    """, delimiter = '|')
    void reasonIsTheFirstLineOfTheDatabaseMessage(String state, String line) {
        DB.execute("""
                create function refuse() returns trigger language plpgsql as $$
                begin
                    raise exception E'not\\ttoday\\nforged line' using errcode = '%s';
                end
                $$""".formatted(state));
        DB.execute("create trigger refuse before insert on audit_event for each row execute function refuse()");
        BatchedJournal journal = fixture.journal();
        journal.write(fixture.changed(S1, "t1"));

        try (LogRecords log = new LogRecords("io.mesosiam.lease")) {
            boolean unused = journal.flush();

            assertThat(log.lines())
                    .filteredOn(it -> it.contains(line))
                    .singleElement()
                    .asString()
                    .contains("not today")
                    .doesNotContain("forged", "\n", "\t");
        }
    }
}
