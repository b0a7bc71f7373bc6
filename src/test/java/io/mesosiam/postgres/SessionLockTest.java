package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.postgres.SessionLock.State;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SessionLockTest {
    private static final TestDatabase DB = TestPostgres.database();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void oneOfTwoHasTheNameUntilItGivesItFree() {
        try (SessionLock second = lock("a")) {
            try (SessionLock first = lock("a")) {
                assertThat(first.look()).isEqualTo(State.OURS);
                assertThat(second.look()).isEqualTo(State.ANOTHERS);
                assertThat(first.look()).isEqualTo(State.OURS);
                assertThat(second.look()).isEqualTo(State.ANOTHERS);
            }
            assertThat(second.look()).isEqualTo(State.OURS);
        }
    }

    @Test
    void differentNamesDoNotExcludeEachOther() {
        try (SessionLock one = lock("one");
                SessionLock other = lock("other")) {
            assertThat(one.look()).isEqualTo(State.OURS);
            assertThat(other.look()).isEqualTo(State.OURS);
        }
    }

    @Test
    void connectionThatEndsGivesTheNameFreeAndIsReplaced() {
        try (SessionLock first = lock("b");
                SessionLock second = lock("b")) {
            assertThat(first.look()).isEqualTo(State.OURS);

            DB.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                    + " and database = (select oid from pg_database where datname = current_database())");

            assertThat(second.look()).isEqualTo(State.OURS);
            // the first look may find that its connection has ended
            State afterwards = first.look();
            assertThat(afterwards == State.UNKNOWN ? first.look() : afterwards).isEqualTo(State.ANOTHERS);
        }
    }

    private static SessionLock lock(String name) {
        return new SessionLock(DB.pool(), name, Duration.ofSeconds(10));
    }
}
