package io.mesosiam.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class WithdrawalTableTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final LeaseConfig RARE_POLLS = new TestLeaseConfig(
            256,
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ZERO,
            3,
            Duration.ofMinutes(15),
            Duration.ofHours(1));

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void whatIsWithdrawnOrLiftedInSqlIsHeardOf() throws InterruptedException {
        BlockingQueue<Set<Withdrawal>> heard = new LinkedBlockingQueue<>();
        try (WithdrawalTable table = new WithdrawalTable(DB.pool(), RARE_POLLS, new Random(1))) {
            table.start(heard::add);
            assertThat(heard.take()).isEmpty();

            DB.execute("insert into withdrawal (framework_id, reason) values ('F1', 'evicted')");
            assertThat(heard.poll(30, TimeUnit.SECONDS))
                    .containsExactly(new Withdrawal(
                                    Optional.of(new FrameworkId("F1")),
                                    Optional.empty(),
                                    Optional.empty(),
                                    OptionalLong.empty(),
                                    Optional.empty(),
                                    "evicted")
                            .by(DB.user()));

            DB.execute("update withdrawal set lifted_at = now()");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void aWithdrawalCoversWhatAgreesWithAllItsParts() {
        LeaseKey key = new LeaseKey(TestLaunches.launch("t1"), CredentialName.DEFAULT);
        LeaseKey otherName = new LeaseKey(key.launch(), new CredentialName("other"));
        LeaseKey laterLaunch =
                new LeaseKey(TestLaunches.launch("F1", "t1", TestLaunches.HOST, 2), CredentialName.DEFAULT);
        Withdrawal wholeHost = new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.of(TestLaunches.HOST),
                OptionalLong.empty(),
                Optional.empty(),
                "");
        Withdrawal otherHost = new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new MesosAgentId("S9")),
                OptionalLong.empty(),
                Optional.empty(),
                "");

        assertThat(Withdrawal.of(key, "").covers(key)).isTrue();
        assertThat(Withdrawal.of(key, "").covers(otherName)).isFalse();
        assertThat(Withdrawal.of(key, "").covers(laterLaunch)).isFalse();
        assertThat(wholeHost.covers(laterLaunch)).isTrue();
        assertThat(otherHost.covers(key)).isFalse();
    }
}
