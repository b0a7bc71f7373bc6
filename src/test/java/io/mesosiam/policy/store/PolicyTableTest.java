package io.mesosiam.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subjects;
import io.mesosiam.postgres.SessionPool;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A policy table that is followed: changes, outages and failing listeners. */
@Timeout(300)
class PolicyTableTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(20);
    private static final String ARN = "arn:aws:iam::123456789012:role/web";

    /** The last statement of a listening connection. */
    private static final String LISTENING = """
            select pid from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and query in ('listen policy_version', 'select 1 as listening')""";

    private final TestDatabase db = TestPostgres.database();
    private final BlockingQueue<PolicySet> sets = new LinkedBlockingQueue<>();
    private PolicyTable table = table(NEVER);

    @AfterEach
    void close() {
        table.close();
        db.close();
    }

    @Test
    void changeInPsqlTakesEffectAtOnce() throws InterruptedException {
        table.start(sets::add);

        db.execute("insert into policy (name, effect, match_all) values ('stop', 'deny', true)");

        assertThat(next(set -> !set.policies().isEmpty()).version())
                .isEqualTo(version())
                .isEqualTo(table.current().version());
        assertThat(table.trouble()).isEmpty();
    }

    @Test
    void awaitsAVersionThatIsBeingRead() {
        table.start(sets::add);
        long before = table.current().version();

        db.execute("insert into policy (name, effect, match_all) values ('stop', 'deny', true)");

        assertThat(table.awaitVersion(before, Duration.ZERO)).isTrue();
        assertThat(table.awaitVersion(before + 1, TimeLimit.seconds(10))).isTrue();
        assertThat(table.current().version()).isEqualTo(before + 1);
        assertThat(table.awaitVersion(before + 2, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void trustedAttributeIsNoLongerSelfAsserted() throws InterruptedException {
        db.execute("insert into policy (name, effect, iam_role_arn, task_name) values ('a', 'allow', '" + ARN
                + "', 'web*')");
        table.start(sets::add);

        db.execute("insert into attribute_trust (framework_principal, attribute) values ('svc-web', 'task_name')");

        assertThat(next(set -> set.version() == version())
                        .decide(Subjects.web())
                        .get(CredentialName.DEFAULT))
                .isInstanceOfSatisfying(Decision.Allowed.class, allowed -> assertThat(allowed.selfAsserted())
                        .isFalse());
    }

    @Test
    void lostNotificationDelaysAChangeByAtMostThePollInterval() throws InterruptedException {
        table = table(SOON);
        table.start(sets::add);
        db.execute("alter table policy disable trigger policy_changed");

        db.execute("""
                with silent as (insert into policy (name, effect, match_all) values ('stop', 'deny', true))
                update policy_version set version = version + 1""");

        next(set -> !set.policies().isEmpty());
    }

    @Test
    void listensAgainAfterItsConnectionIsTerminated() throws InterruptedException {
        table.start(sets::add);
        next(set -> true);
        db.execute("insert into policy (name, effect, match_all) values ('one', 'deny', true)");
        next(set -> set.policies().size() == 1); // it has started to listen

        assertThat(db.query("select pg_terminate_backend(" + listeningBackend() + ")"))
                .containsExactly("t");
        db.execute("insert into policy (name, effect, match_all) values ('two', 'deny', true)");
        next(set -> set.policies().size() == 2);
        db.execute("insert into policy (name, effect, match_all) values ('three', 'deny', true)");

        next(set -> set.policies().size() == 3);
    }

    @Test
    void keepsTheLastSetWhileTheTableCannotBeRead() throws InterruptedException {
        table = table(SOON);
        db.execute("insert into policy (name, effect, match_all) values ('stop', 'deny', true)");
        table.start(sets::add);
        db.execute("alter table policy rename to policy_away");
        db.execute("update policy_version set version = version + 1");
        until(() -> table.trouble().isPresent());

        assertThat(table.trouble()).hasValueSatisfying(t -> assertThat(t).contains("can't be followed"));
        assertThat(table.current().policies()).hasSize(1);

        db.execute("alter table policy_away rename to policy");
        until(() -> table.trouble().isEmpty());
        assertThat(table.current().version()).isEqualTo(version());
    }

    @Test
    void listenerThatFailsOnceReceivesTheSetAgain() throws InterruptedException {
        table = table(SOON);
        AtomicBoolean fails = new AtomicBoolean();
        table.start(set -> {
            if (fails.compareAndSet(true, false)) {
                throw new IllegalStateException("of this test");
            }
            sets.add(set);
        });
        fails.set(true);

        db.execute("insert into policy (name, effect, match_all) values ('stop', 'deny', true)");

        next(set -> !set.policies().isEmpty());
        assertThat(fails).isFalse();
    }

    @Test
    void setThatTheListenerRejectedWithAnErrorIsDeliveredLater() throws InterruptedException {
        table = table(SOON);
        CountDownLatch failures = new CountDownLatch(2);
        CountDownLatch repaired = new CountDownLatch(1);
        table.start(set -> {
            if (!set.policies().isEmpty() && repaired.getCount() > 0) {
                failures.countDown();
                throw new OutOfMemoryError("thrown by this test");
            }
            sets.add(set);
        });

        db.execute("insert into policy (name, effect, match_all) values ('stop', 'deny', true)");
        assertThat(failures.await(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        until(() -> table.trouble().isPresent());
        assertThat(table.trouble()).hasValueSatisfying(t -> assertThat(t).contains("can't be followed"));
        repaired.countDown();

        next(set -> !set.policies().isEmpty());
        until(() -> table.trouble().isEmpty());
    }

    /** A failover lost the version that was read last, and a later change has its number again. */
    @Test
    void otherPoliciesUnderTheSameVersionAreRead() throws InterruptedException {
        table = table(SOON);
        db.execute("insert into policy (name, effect, match_all) values ('lost', 'deny', true)");
        table.start(sets::add);
        long version = next(set -> !set.policies().isEmpty()).version();
        db.execute("alter table policy disable trigger policy_changed");
        db.execute("alter table policy_version disable trigger policy_version_grows");

        db.execute("""
                with silent as (update policy set name = 'later' where name = 'lost')
                update policy_version set changed_at = now() + interval '1 second'""");

        assertThat(next(set -> set.policies().stream()
                                .anyMatch(policy -> policy.path().endsWith("later")))
                        .version())
                .isEqualTo(version);
    }

    @Test
    void hasNoSetBeforeTheFirstRead() {
        assertThatIllegalStateException().isThrownBy(table::current);
        assertThat(table.trouble()).isPresent();
    }

    @Test
    void doesNotStartWithoutPolicies() {
        db.execute("alter table policy rename to policy_away");

        assertThatThrownBy(() -> table.start(sets::add)).hasMessageContaining("policy");
    }

    @Test
    void releasesItsConnectionOnClose() throws InterruptedException {
        table.start(sets::add);
        db.execute("insert into policy (name, effect, match_all) values ('one', 'deny', true)");
        next(set -> set.policies().size() == 1);
        assertThat(db.query(LISTENING)).hasSize(1);

        table.close();

        assertThat(db.query(LISTENING)).isEmpty();
    }

    private String listeningBackend() {
        return db.query(LISTENING).getFirst();
    }

    private long version() {
        return Long.parseLong(db.query("select version from policy_version").getFirst());
    }

    private PolicySet next(Predicate<PolicySet> wanted) throws InterruptedException {
        while (true) {
            PolicySet set = sets.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
            assertThat(set).as("an expected set arrives").isNotNull();
            if (wanted.test(set)) {
                return set;
            }
        }
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.interrupted()).as("in time").isFalse();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private PolicyTable table(Duration pollInterval) {
        return new PolicyTable(
                db.pool(),
                new SessionPool(db.pool()),
                new TestPolicyConfig(pollInterval),
                new Random(1),
                Optional.empty());
    }
}
