package io.mesosiam.postgres;

import static io.mesosiam.postgres.FollowedTable.LONG;
import static io.mesosiam.postgres.FollowedTable.NEVER;
import static io.mesosiam.postgres.FollowedTable.SOON;
import static io.mesosiam.postgres.FollowedTable.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mesosiam.fakes.LogRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A follower reads its table at each notification and poll, and again after a failed read. */
class TableFollowerTest {
    private final FollowedTable table = new FollowedTable();
    private TableFollower follower = table.follower(NEVER, LONG);

    @AfterEach
    void stop() {
        follower.close();
        table.close();
    }

    @Test
    void notificationCausesARead() {
        table.startAndListen(follower);

        table.change(7);

        until(() -> table.seen() == 7);
    }

    @Test
    void lostNotificationDelaysAReadByThePollInterval() {
        follower = table.follower(SOON, LONG);
        follower.start();

        table.db.execute("update thing set value = 3");

        until(() -> table.seen() == 3);
    }

    @Test
    void failedReadKeepsTheConnectionAndIsRetried() {
        table.startAndListen(follower);
        String backend = table.listening().getFirst();
        table.db.execute("alter table thing rename to thing_away");
        table.db.execute("notify thing_changed");
        until(() -> follower.isAway());
        assertThat(table.sessions.isAway("thing")).isTrue();

        table.db.execute("alter table thing_away rename to thing");

        until(() -> !follower.isAway());
        assertThat(table.sessions.isAway("thing")).isFalse();
        assertThat(table.listening()).containsExactly(backend);
    }

    @Test
    void readThatThrowsAnErrorCountsAsUnavailableAndIsRetried() {
        assertFailedReadIsRetried(() -> {
            throw new OutOfMemoryError("thrown by this test");
        });
    }

    @Test
    void readThatThrowsAnUnexpectedExceptionCountsAsUnavailableAndIsRetried() {
        assertFailedReadIsRetried(() -> {
            throw new ClassCastException("thrown by this test");
        });
    }

    /** A failure whose message can't be created either, as when memory is exhausted. */
    @Test
    void failureThatCannotBeLoggedCountsAsUnavailableAndIsRetried() {
        assertFailedReadIsRetried(() -> {
            throw new Error() {
                @Override
                public String getMessage() {
                    throw new OutOfMemoryError("thrown by this test");
                }
            };
        });
    }

    private void assertFailedReadIsRetried(Runnable failing) {
        table.startAndListen(follower);
        String backend = table.listening().getFirst();
        table.duringReads(failing);
        table.change(11);
        until(() -> follower.isAway());
        int before = table.attempts();
        until(() -> table.attempts() > before + 1);

        table.duringReads(() -> {});

        until(() -> table.seen() == 11 && !follower.isAway());
        assertThat(table.listening()).containsExactly(backend);
    }

    @Test
    void databaseMessageIsLoggedAsOneLine() {
        table.startAndListen(follower);
        try (LogRecords log = new LogRecords("io.mesosiam.postgres")) {
            table.duringReads(() -> table.pool
                    .query("do $$ begin raise exception E'not\\ttoday\\nforged line'; end $$")
                    .execute()
                    .await()
                    .atMost(LONG));
            table.change(12);
            until(() -> follower.isAway() && !log.lines().isEmpty());

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("table can't be followed", "not today")
                    .doesNotContain("forged", "\n", "\t");
        }
    }

    @Test
    void channelIsAnIdentifier() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TableFollower.Settings("thing", "a; drop table thing", NEVER, LONG));
    }
}
