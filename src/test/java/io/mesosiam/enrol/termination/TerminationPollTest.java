package io.mesosiam.enrol.termination;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.TestEnrolConfig;
import io.mesosiam.enrol.ec2.Ec2Config;
import io.mesosiam.enrol.ec2.InstanceCalls;
import io.mesosiam.enrol.ec2.InstanceConditions;
import io.mesosiam.enrol.ec2.TestEc2Config;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.FakeEc2.Instance;
import io.mesosiam.fakes.FakeEc2.Reply;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.mesosiam.sts.TestStsConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class TerminationPollTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String ID = "i-0123456789abcdef0";
    private static final String HOST = "ip-10-0-0-5.eu-central-1.compute.internal";

    private final FakeEc2 ec2 = FakeEc2.start();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Ec2Config config =
            TestEc2Config.on(ec2.uri(), Path.of("/none")).within(Duration.ofSeconds(8));
    private final InstanceCalls calls = new InstanceCalls(
            config,
            InstanceConditions.of(config),
            new TestStsConfig(Optional.empty(), Duration.ofSeconds(5)),
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAEXAMPLE", "secret")));
    private final TerminationPoll poll = new TerminationPoll(
            DB.pool(),
            new SessionPool(DB.pool()),
            new TestEnrolConfig(Optional.empty(), 20, config),
            calls,
            Optional.of("controller-1"),
            clock,
            meters);
    private Instance instance;

    @BeforeEach
    void anEnrolledInstance() {
        DB.execute("truncate host, host_certificate, ec2_instance, agent");
        DB.execute("alter table audit_event disable trigger all");
        DB.execute("delete from audit_event");
        DB.execute("alter table audit_event enable trigger all");
        instance = ec2.put(Instance.running(ID, HOST));
        enrol(ID, HOST);
    }

    @AfterEach
    void close() {
        poll.close();
        calls.close();
        ec2.close();
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void terminatedInstanceIsMarkedAndItsHostEvicted() throws Exception {
        ec2.put(instance.in("terminated"));

        assertThat(poll.poll()).isTrue();

        assertThat(states()).containsExactly(ID + " terminated true true");
        assertThat(DB.query("select eviction_reason from host")).containsExactly("instance " + ID + " is terminated");
        assertThat(DB.query("select concat_ws(' ', kind, actor, object) from audit_event"
                        + " where kind in ('instance.terminated', 'host.evicted') order by kind"))
                .containsExactly(
                        "host.evicted controller-1 host:" + HOST, "instance.terminated controller-1 instance:" + ID);
        int before = ec2.calls().size();
        assertThat(poll.poll()).isTrue();
        assertThat(ec2.calls()).hasSize(before);
    }

    @Test
    void instanceThatIsStoppedOrUnknownEndsNothing() throws Exception {
        ec2.put(instance.in("stopped"));
        assertThat(poll.poll()).isTrue();
        assertThat(states()).containsExactly(ID + " stopped false false");

        ec2.forget(ID);
        try (LogRecords log = new LogRecords("io.mesosiam.enrol.termination")) {
            assertThat(poll.poll()).isTrue();
            assertThat(log.lines()).singleElement().asString().contains("instance unknown to EC2, nothing ends");
        }
        assertThat(states()).containsExactly(ID + " unknown false false");
        assertThat(DB.query("select object from audit_event where kind = 'instance.unknown'"))
                .containsExactly("instance:" + ID);
        assertThat(meters.get("mesosiam.instances.unknown").gauge().value()).isEqualTo(1);

        ec2.put(instance);
        assertThat(poll.poll()).isTrue();
        assertThat(states()).containsExactly(ID + " running false false");
    }

    @Test
    void hundredsOfInstancesAreAskedForInBatches() throws Exception {
        for (int i = 1; i < 450; i++) {
            String id = "i-%017x".formatted(i);
            enrol(id, "host-" + i + ".example");
            ec2.put(Instance.running(id, "host-" + i + ".example").in(i % 100 == 0 ? "terminated" : "running"));
        }

        assertThat(poll.poll()).isTrue();

        assertThat(ec2.calls()).extracting(call -> call.ids().size()).containsExactly(200, 200, 50);
        assertThat(DB.query("select count(*) from host where evicted_at is not null"))
                .containsExactly("4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"foreign", "duplicate", "token", "account", "throttled", "down", "cut", "page", "empty", "state"
            })
    void answerThatDoesNotCountKeepsTheLastState(String kind) throws Exception {
        Instance ended = instance.in("terminated");
        Instance foreign = Instance.running("i-0fedcba9876543210", HOST).in("terminated");
        ec2.instead(Optional.of(_ -> switch (kind) {
            case "foreign" -> Reply.page(List.of(ended, foreign), "");
            case "duplicate" -> Reply.page(List.of(ended, instance), "");
            case "token" -> Reply.page(List.of(), "again");
            case "account" ->
                Reply.page(
                        List.of(new Instance(
                                "999999999999",
                                ended.region(),
                                ID,
                                "terminated",
                                ended.image(),
                                "",
                                "",
                                ended.launched(),
                                "10.0.0.5",
                                List.of(),
                                HOST,
                                Map.of())),
                        "");
            case "throttled" -> Reply.error(503, "RequestLimitExceeded");
            case "down" -> Reply.error(500, "InternalError");
            case "page" -> Reply.of(200, "<html><body>sign in</body></html>");
            case "empty" -> Reply.of(200, "");
            case "state" -> Reply.page(List.of(instance.in("Terminated?")), "");
            default -> Reply.of(200, Reply.page(List.of(ended), "").body().substring(0, 300));
        }));

        assertThat(poll.poll()).isFalse();

        assertThat(states()).containsExactly(ID + " running false false");
        assertThat(meters.get("mesosiam.instance.polls")
                        .tag("outcome", "partial")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("mesosiam.instance.poll.failures").counters().stream()
                        .mapToDouble(each -> each.count())
                        .sum())
                .isEqualTo(1);
    }

    @Test
    void throttledPlaceIsAskedLaterAndLaterAndThenAtOnceAgain() throws Exception {
        ec2.instead(Optional.of(_ -> Reply.error(503, "RequestLimitExceeded")));
        assertThat(poll.poll()).isFalse();
        assertThat(poll.poll()).isFalse();
        assertThat(ec2.calls()).hasSize(1);

        clock.advance(Duration.ofMinutes(1));
        assertThat(poll.poll()).isFalse();
        clock.advance(Duration.ofMinutes(1));
        assertThat(poll.poll()).isFalse();
        assertThat(ec2.calls()).hasSize(2);

        ec2.instead(Optional.empty());
        clock.advance(Duration.ofMinutes(1));
        assertThat(poll.poll()).isTrue();
        assertThat(poll.poll()).isTrue();
        assertThat(ec2.calls()).hasSize(4);
    }

    @Test
    void clockThatIsSetBackHoldsNoPlaceBack() throws Exception {
        ec2.instead(Optional.of(_ -> Reply.error(503, "RequestLimitExceeded")));
        assertThat(poll.poll()).isFalse();
        ec2.instead(Optional.empty());

        clock.advance(Duration.ofDays(-1));

        assertThat(poll.poll()).isTrue();
    }

    @Test
    void hostThatAnotherProgramLocksKeepsNoOtherBatchFromItsTurn() throws Exception {
        for (int i = 1; i < 201; i++) {
            enrol("i-1%016x".formatted(i), "host-" + i + ".example");
            ec2.put(Instance.running("i-1%016x".formatted(i), "host-" + i + ".example")
                    .in("terminated"));
        }
        ec2.put(instance.in("terminated"));
        try (Connection psql = DB.connect();
                Statement locking = psql.createStatement()) {
            psql.setAutoCommit(false);
            locking.execute("select from host where hostname = '" + HOST + "' for update");

            assertThat(poll.poll()).isFalse();
        }
        assertThat(DB.query("select count(*) from ec2_instance where terminated_at is not null"))
                .containsExactly("1");
        assertThat(poll.poll()).isTrue();
        assertThat(DB.query("select count(*) from ec2_instance where terminated_at is not null"))
                .containsExactly("201");
    }

    /** Such as a connection of a controller that is gone, which PostgreSQL has kept. */
    @Test
    void ageCountsFromTheStartWhileAnotherHoldsTheLock() {
        try (SessionLock held =
                new SessionLock(new SessionPool(DB.pool()), "mesos-iam instance poll", Duration.ofSeconds(10))) {
            assertThat(held.tryAcquire()).isEqualTo(SessionLock.State.OURS);
            poll.start();
            clock.advance(Duration.ofMinutes(15));

            assertThat(age()).isEqualTo(900);
            assertThat(poll.trouble()).isEmpty();
        }
    }

    @Test
    void ageCountsFromTheLastCompletePoll() throws Exception {
        clock.advance(Duration.ofMinutes(15));
        assertThat(poll.poll()).isTrue();
        assertThat(age()).isZero();

        ec2.instead(Optional.of(_ -> Reply.error(500, "InternalError")));
        clock.advance(Duration.ofMinutes(2));
        assertThat(poll.poll()).isFalse();

        assertThat(age()).isEqualTo(120);
    }

    private double age() {
        return meters.get("mesosiam.instance.poll.age").gauge().value();
    }

    @Test
    void mesosAgentsOfTerminatedInstancesAreReported() {
        AtomicReference<Map<MesosAgentId, TaskEnd>> ended = new AtomicReference<>(Map.of());
        DB.execute(
                "insert into agent (mesos_agent_id, hostname, instance) select 'S1', hostname, id from ec2_instance");
        DB.execute("insert into agent (mesos_agent_id, hostname) values ('S2', '" + HOST + "')");
        try (EndedInstances following = new EndedInstances(DB.pool(), new SessionPool(DB.pool()), new Random(1))) {
            following.start(ended::set);
            DB.execute("update ec2_instance set terminated_at = now()");

            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> ended.get()
                    .equals(Map.of(new MesosAgentId("S1"), new TaskEnd.InstanceTerminated(ID))));
        }
    }

    private static void enrol(String id, String host) {
        DB.execute("insert into host (hostname) values ('" + host + "')");
        DB.execute("insert into ec2_instance (account, region, instance_id, hostname, launched_at, addresses)"
                + " values ('111122223333', 'eu-central-1', '" + id + "', '" + host + "', now(), '{10.0.0.5}')");
        DB.execute(
                "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, instance, expires_at)"
                        + " select replace(id::text, '-', ''), hostname, sha256('k'), sha256('i'), 'ec2', id, now() + interval '1 day'"
                        + " from ec2_instance where instance_id = '" + id + "'");
    }

    private static List<String> states() {
        return DB.query(
                "select instance_id || ' ' || state || ' ' || (terminated_at is not null) || ' ' || (evicted_at is not null)"
                        + " from ec2_instance join host using (hostname)");
    }
}
