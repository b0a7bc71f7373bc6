package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.ROLE;
import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.policy.CredentialName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that are requested with the session of a hub role. */
class HubRoleTest {
    private static final String HUB = "arn:aws:iam::210987654321:role/hub";

    private final FaultySts sts = new FaultySts();
    private final AtomicReference<Instant> now = new AtomicReference<>(FaultySts.NOW);
    private final AtomicLong elapsed = new AtomicLong();

    /** Every observation of STS's own clock is too old to count. */
    private final PeerClocks peers =
            new PeerClocks(now::get, () -> elapsed.addAndGet(Duration.ofHours(2).toNanos()));

    private final StsSessions sessions = new StsSessions(
            new TestStsConfig(Optional.of(sts.uri()), TimeLimit.seconds(20)),
            FaultySts.CREDENTIALS,
            now::get,
            peers,
            new Random(7),
            new SimpleMeterRegistry());

    @AfterEach
    void stop() {
        sessions.close();
        sts.close();
    }

    @Test
    void hubRoleIsAssumedFirstAndItsSessionSignsTheRequest() {
        sts.hub(HUB);

        SessionOutcome outcome = sessions.session(
                identity("job-7", gives().externalId("shared-1").tags(Map.of("team", "a"))), true);

        assertThat(outcome).isInstanceOf(SessionOutcome.Issued.class);
        assertThat(sts.requests()).hasSize(2);
        assertThat(sts.requests().getFirst())
                .containsEntry("RoleArn", HUB)
                .containsEntry("RoleSessionName", "mesos-iam-hub")
                .containsEntry("DurationSeconds", "3600")
                .doesNotContainKeys("ExternalId", "Tags.member.1.Key");
        assertThat(sts.requests().getLast())
                .containsEntry("RoleArn", ROLE.arn())
                .containsEntry("ExternalId", "shared-1")
                .containsEntry("Tags.member.1.Key", "team");
    }

    @Test
    void tasksShareTheSessionOfTheHubUntilItHasAQuarterOfAnHourLeft() {
        sts.hub(HUB);
        sessions.session(identity("one", gives()), true);
        sessions.session(identity("two", gives()), true);
        assertThat(rolesAsked()).containsExactly(HUB, ROLE.arn(), ROLE.arn());

        now.updateAndGet(time -> time.plus(Duration.ofMinutes(46)));
        sessions.session(identity("one", gives()), false);

        assertThat(rolesAsked().subList(3, 5)).containsExactly(HUB, ROLE.arn());
    }

    @Test
    void concurrentRequestsShareOneCallForTheHub() throws Exception {
        sts.hub(HUB);
        CountDownLatch hold = new CountDownLatch(1);
        sts.holds(hold);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<SessionOutcome>> answers = IntStream.range(0, 16)
                    .mapToObj(i -> threads.submit(() -> sessions.session(identity("job-" + i, gives()), true)))
                    .toList();
            hold.countDown();
            for (Future<SessionOutcome> answer : answers) {
                assertThat(answer.get(TimeLimit.seconds(30).toSeconds(), TimeUnit.SECONDS))
                        .isInstanceOf(SessionOutcome.Issued.class);
            }
        }

        assertThat(rolesAsked()).filteredOn(HUB::equals).hasSize(1);
    }

    @Test
    void refusedHubIsNamedAndNotAskedAgainForFiveSeconds() {
        sts.denies(HUB);

        SessionOutcome first = sessions.session(identity("one", gives()), true);
        SessionOutcome second = sessions.session(identity("two", gives()), true);

        assertThat(List.of(first, second)).allSatisfy(outcome -> assertRefused(outcome, "hub role " + HUB + ": "));
        assertThat(rolesAsked()).containsExactly(HUB);
        sts.hub(HUB);
        sts.grants(HUB);
        now.updateAndGet(time -> time.plus(Duration.ofSeconds(5)));
        assertThat(sessions.session(identity("one", gives()), true)).isInstanceOf(SessionOutcome.Issued.class);
    }

    @Test
    void refusedTargetIsNotAFaultOfTheHub() {
        sts.hub(HUB);
        sts.denies(ROLE.arn());

        SessionOutcome outcome = sessions.session(identity("one", gives()), true);

        assertRefused(outcome, "AccessDenied: ");
        assertThat(((SessionOutcome.Refused) outcome).reason()).endsWith("assumed with the hub role " + HUB);
        assertThat(sessions.callerTrouble()).isEmpty();
        var other = gives().via(HUB).sessionName("other");
        sts.grants(ROLE.arn());
        assertThat(sessions.session(identity("two", other), true)).isInstanceOf(SessionOutcome.Issued.class);
        assertThat(rolesAsked()).filteredOn(HUB::equals).hasSize(1);
    }

    @Test
    void sessionOfTheHubIsUsedWhileItCannotBeReplaced() {
        sts.hub(HUB);
        sessions.session(identity("one", gives()), true);
        sts.denies(HUB);
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(50)));

        assertThat(sessions.session(identity("one", gives()), false)).isInstanceOf(SessionOutcome.Issued.class);
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(9).plusSeconds(30)));

        assertRefused(sessions.session(identity("one", gives()), false), "hub role " + HUB);
    }

    @Test
    void sessionOfTheHubThatStsNoLongerAcceptsIsReplaced() {
        sts.hub(HUB);
        sessions.session(identity("one", gives()), true);
        sts.fails(403, "InvalidClientTokenId", "The security token included in the request is invalid");
        SessionOutcome refused = sessions.session(identity("one", gives()), false);
        sts.recovers();

        assertThat(refused).isInstanceOfSatisfying(SessionOutcome.Unavailable.class, unavailable -> assertThat(
                        unavailable.reason())
                .startsWith("STS refuses the session of the hub role " + HUB));
        assertThat(sessions.callerTrouble()).isEmpty();
        assertThat(sessions.session(identity("one", gives()), false)).isInstanceOf(SessionOutcome.Issued.class);
        assertThat(rolesAsked()).filteredOn(HUB::equals).hasSize(2);
    }

    private SessionIdentity identity(String taskId, Launches.Gives gives) {
        return sessions.identity(gives.via(HUB).entitlement(), CredentialName.DEFAULT, task(taskId));
    }

    private List<String> rolesAsked() {
        return sts.requests().stream()
                .map(request -> request.getOrDefault("RoleArn", ""))
                .toList();
    }

    private static void assertRefused(SessionOutcome outcome, String begins) {
        assertThat(outcome).isInstanceOfSatisfying(SessionOutcome.Refused.class, refused -> assertThat(refused.reason())
                .startsWith(begins));
    }
}
