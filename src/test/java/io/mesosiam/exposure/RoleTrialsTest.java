package io.mesosiam.exposure;

import static io.mesosiam.exposure.Trials.WEB;
import static io.mesosiam.exposure.Trials.host;
import static io.mesosiam.exposure.Trials.role;
import static io.mesosiam.exposure.Trials.roles;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.HostExposure;
import io.mesosiam.channel.wire.AgentMessage.RolesTried;
import io.mesosiam.channel.wire.AgentMessage.Untried;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.pause.Wakeup;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trials with a virtual clock, a real database, and hosts that the test plays. */
class RoleTrialsTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final ManualClock clock = new ManualClock(START);
    private Duration elapsed = Duration.ZERO;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<MesosAgentId, HostRole> hosts = new HashMap<>();
    private final List<Sent> sent = new ArrayList<>();
    private RoleTrials trials = trials(5);
    private BiConsumer<MesosAgentId, TryRoles> reaction = (host, request) -> trials.answered(host, refused(request));

    private record Sent(Instant at, MesosAgentId host, TryRoles request) {}

    @AfterAll
    static void close() {
        DB.close();
    }

    @BeforeEach
    void clear() {
        DB.execute("delete from audit_event");
        for (int i = 0; i < 50; i++) {
            hosts.put(host(i), WEB);
        }
    }

    private static RolesTried refused(TryRoles request) {
        return new RolesTried(request.batch(), List.of(), request.iamRoleArns().size(), List.of());
    }

    /** A wait passes at once, by the virtual clock. */
    private final class VirtualTime implements Wakeup {
        @Override
        public void await(Duration time) {
            passes(time);
        }

        @Override
        public void wake() {
            // a wait has ended already
        }
    }

    private void passes(Duration time) {
        clock.advance(time);
        elapsed = elapsed.plus(time);
    }

    private RoleTrials trials(int perSecond) {
        Hosts played = new Hosts() {
            @Override
            public Map<MesosAgentId, HostRole> roles() {
                return hosts;
            }

            @Override
            public void send(MesosAgentId host, TryRoles request) {
                sent.add(new Sent(clock.instant(), host, request));
                reaction.accept(host, request);
            }
        };
        ExposureConfig config = new ExposureConfig() {
            @Override
            public boolean tryRoles() {
                // the test takes the turns
                return false;
            }

            @Override
            public int triesPerSecond() {
                return perSecond;
            }
        };
        return new RoleTrials(
                config,
                DB.pool(),
                new SessionPool(DB.pool()),
                played,
                "controller-1",
                clock,
                () -> elapsed.toNanos(),
                new Random(7),
                new VirtualTime(),
                meters);
    }

    /** The lock of the cluster is held while a batch is elapsed for. */
    @Test
    void clockThatIsSetBackDelaysNoBatch() throws InterruptedException {
        reaction = (host, request) -> {
            if (sent.size() == 1) {
                clock.advance(Duration.ofHours(-1));
            }
            trials.answered(host, refused(request));
        };

        turn(12);

        assertThat(sent).hasSize(3);
        assertThat(elapsed).isLessThan(Duration.ofSeconds(10));
    }

    private void turn(int roles) throws InterruptedException {
        trials.turn(() -> roles(roles));
    }

    private Optional<TrialResult> result() {
        return trials.result(new HostExposure(
                Optional.of(WEB.name()), Optional.of(WEB.account()), Optional.empty(), List.of(), START));
    }

    @Test
    void noSecondHasMoreTriesThanTheSetting() throws Exception {
        turn(203);

        assertThat(sent).hasSize(41).allMatch(one -> one.request().iamRoleArns().size() <= 5);
        for (int i = 1; i < sent.size(); i++) {
            assertThat(Duration.between(sent.get(i - 1).at(), sent.get(i).at()))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
        assertThat(result())
                .hasValueSatisfying(known -> assertThat(known.refused()).isEqualTo(203));
        assertThat(meters.counter("mesosiam.exposure.tries", "outcome", "refused")
                        .count())
                .isEqualTo(203);
    }

    @Test
    void nextBatchWaitsForTheAnswer() throws Exception {
        reaction = (host, request) -> {
            passes(Duration.ofSeconds(20));
            trials.answered(host, refused(request));
        };

        turn(10);

        assertThat(sent).hasSize(2);
        assertThat(Duration.between(sent.getFirst().at(), sent.getLast().at())).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void throttledStsIsLeftAloneForAMinute() throws Exception {
        reaction = (host, request) -> trials.answered(
                host,
                new RolesTried(
                        request.batch(),
                        List.of(),
                        0,
                        request.iamRoleArns().stream()
                                .map(arn -> new Untried(arn, Untried.THROTTLED, "busy"))
                                .toList()));

        turn(10);

        assertThat(Duration.between(sent.getFirst().at(), sent.get(1).at())).isEqualTo(RoleTrials.THROTTLED);
    }

    @Test
    void anotherControllerTriesNothingWhileThisOneDoes() throws Exception {
        try (SessionLock other =
                new SessionLock(new SessionPool(DB.pool()), "mesos-iam role trials", TimeLimit.seconds(10))) {
            assertThat(other.tryAcquire()).isEqualTo(SessionLock.State.OURS);
            turn(10);
            assertThat(sent).isEmpty();
        }

        turn(10);
        assertThat(sent).isNotEmpty();
    }

    @Test
    void silentHostCostsItsTimeLimitOnceAndAnotherTries() throws Exception {
        MesosAgentId[] silent = new MesosAgentId[1];
        reaction = (host, request) -> {
            if (silent[0] == null) {
                silent[0] = host;
            } else {
                trials.answered(host, refused(request));
            }
        };

        turn(5);

        assertThat(sent).hasSize(2);
        assertThat(sent.getLast().host()).isNotEqualTo(silent[0]);
        assertThat(Duration.between(sent.getFirst().at(), sent.getLast().at())).isEqualTo(RoleTrials.ANSWER);
        assertThat(result()).isPresent();
    }

    @Test
    void hostileAnswersAreNotUsed() throws Exception {
        List<BiConsumer<MesosAgentId, TryRoles>> hostile = new ArrayList<>(List.of(
                // a role that was not asked for
                (host, request) -> trials.answered(
                        host, new RolesTried(request.batch(), List.of(role(999).arn()), 4, List.of())),
                // too many
                (host, request) ->
                        trials.answered(host, new RolesTried(request.batch(), List.of(), 1_000_000, List.of())),
                // another host, and another batch
                (host, request) -> {
                    trials.answered(
                            new MesosAgentId("other"),
                            new RolesTried(request.batch(), List.of(role(0).arn()), 4, List.of()));
                    trials.answered(host, new RolesTried(request.batch() + 1, List.of(role(0).arn()), 4, List.of()));
                },
                // twice: the first counts
                (host, request) -> {
                    trials.answered(host, refused(request));
                    trials.answered(host, new RolesTried(request.batch(), List.of(role(0).arn()), 4, List.of()));
                }));
        reaction = (host, request) -> hostile.removeFirst().accept(host, request);

        try (LogRecords log = new LogRecords("io.mesosiam.exposure")) {
            // before any request
            trials.answered(host(1), new RolesTried(1, List.of(role(0).arn()), 0, List.of()));
            turn(5);

            assertThat(log.lines())
                    .filteredOn(line -> line.contains("answer ignored") || line.contains("host has not tried roles"))
                    .isNotEmpty();
        }
        assertThat(hostile).isEmpty();
        assertThat(result()).hasValueSatisfying(known -> {
            assertThat(known.assumable()).isEmpty();
            assertThat(known.refused()).isEqualTo(5);
        });
    }

    @Test
    void assumableRoleIsLoggedAuditedAndCounted() throws Exception {
        reaction = (host, request) ->
                trials.answered(host, new RolesTried(request.batch(), List.of(role(1).arn()), 2, List.of()));
        trials.start(() -> roles(0));
        try (LogRecords log = new LogRecords("io.mesosiam.exposure")) {
            turn(3);

            assertThat(log.lines()).anySatisfy(line -> assertThat(line)
                    .startsWith("WARN")
                    .contains("host's role can assume a role of a policy hostRole=123456789012/web-host iamRoleArn="
                            + role(1).arn()));
        }
        trials.close();

        assertThat(audited())
                .isEqualTo("host.role-assumable controller-1 host-role:123456789012/web-host " + role(1).arn() + " 50");
        assertThat(meters.get("mesosiam.exposure.hosts.assuming").gauge().value())
                .isEqualTo(50);
    }

    /** The one audit event, once it is written. */
    private static String audited() {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        List<String> found = List.of();
        while (found.isEmpty() && System.nanoTime() < end) {
            found = DB.query(
                    "select concat_ws(' ', kind, actor, object, iam_role_arn, detail ->> 'hosts') from audit_event");
        }
        return String.join("\n", found);
    }

    @Test
    void hostWhoseAgentStatesNoAccountHasNoResult() {
        assertThat(trials.result(new HostExposure(
                        Optional.of("web-host"), Optional.empty(), Optional.empty(), List.of(), START)))
                .isEmpty();
    }
}
