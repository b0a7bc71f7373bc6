package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.ROLE;
import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.SessionsFixture.KEY_ID;
import static io.mesosiam.sts.SessionsFixture.SECRET_KEY;
import static io.mesosiam.sts.SessionsFixture.TOKEN;
import static io.mesosiam.sts.SessionsFixture.sessions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.SessionSource.SessionOutcome.Issued;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** What is sent to STS, and which requests share a call, a session or a refusal. */
class StsSessionsTest {
    private final SessionsFixture fixture = new SessionsFixture();
    private final FaultySts sts = fixture.sts;
    private final StsSessions sessions = fixture.sessions;

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void sessionAndRefusalContainTheTimeOfSts() {
        sessions.session(fixture.identity("job-7", gives()), true);
        assertThat(fixture.peers.ahead()).containsOnlyKeys(Peer.STS);

        PeerClocks others = new PeerClocks(InstantSource.system(), System::nanoTime);
        try (StsSessions refused = sessions(sts.uri(), FaultySts.CREDENTIALS, others)) {
            sts.fails(403, "SignatureDoesNotMatch", "Signature not yet current");
            assertThat(refused.session(fixture.identity("job-8", gives()), true))
                    .isInstanceOf(SessionOutcome.Unavailable.class);
        }
        assertThat(others.ahead()).containsOnlyKeys(Peer.STS);
    }

    @Test
    void everythingThatAPolicySetsIsSentToSts() {
        var entitlement = gives().sessionName("{task}")
                .sessionPolicy("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}")
                .policyArns("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AmazonS3FullAccess")
                .tags(Map.of("team", "data", "task", "{task}"))
                .transitive("team")
                .sourceIdentity("mesos")
                .externalId("shared:with/them")
                .length(Duration.ofMinutes(20));

        sessions.session(fixture.identity("job-7", entitlement), true);

        assertThat(sts.requests()).singleElement().satisfies(request -> assertThat(request)
                .containsEntry("Action", "AssumeRole")
                .containsEntry("RoleArn", ROLE.arn())
                .containsEntry("RoleSessionName", "job-7")
                .containsEntry("DurationSeconds", "1200")
                .containsEntry(
                        "Policy", entitlement.entitlement().sessionPolicy().orElseThrow())
                .containsEntry("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess")
                .containsEntry("PolicyArns.member.2.arn", "arn:aws:iam::aws:policy/AmazonS3FullAccess")
                .containsEntry("Tags.member.1.Key", "task")
                .containsEntry("Tags.member.1.Value", "job-7")
                .containsEntry("Tags.member.2.Key", "team")
                .containsEntry("Tags.member.2.Value", "data")
                .containsEntry("TransitiveTagKeys.member.1", "team")
                .containsEntry("SourceIdentity", "mesos")
                .containsEntry("ExternalId", "shared:with/them"));
    }

    @Test
    void whatAPolicyDoesNotSetIsNotSent() {
        sessions.session(fixture.identity("job-7", gives()), true);

        assertThat(sts.requests()).singleElement().satisfies(request -> assertThat(request)
                .containsOnlyKeys("Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"));
    }

    @Test
    void sessionContainsTheCredentialsOfSts() {
        Instant expiration = Instant.parse("2099-01-01T00:00:00Z");
        sts.answers(200, FaultySts.session(KEY_ID, SECRET_KEY, TOKEN, "<Expiration>" + expiration + "</Expiration>"));

        SessionOutcome outcome = sessions.session(fixture.identity("job-7", gives()), true);

        assertThat(outcome).asInstanceOf(type(Issued.class)).satisfies(issued -> {
            assertThat(issued.session().accessKeyId()).isEqualTo(KEY_ID);
            assertThat(issued.session().secretAccessKey().reveal()).asString().isEqualTo(SECRET_KEY);
            assertThat(issued.session().sessionToken().reveal()).asString().isEqualTo(TOKEN);
            assertThat(issued.session().expiration()).isEqualTo(expiration);
        });
        assertThat(outcome.toString()).doesNotContain(SECRET_KEY, TOKEN);
    }

    @Test
    void concurrentRequestsForOneIdentityAreOneCall() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        sts.holds(hold);
        SessionIdentity identity = fixture.identity("job-7", gives());

        List<SessionOutcome> outcomes = together(64, hold, () -> sessions.session(identity, true));

        assertThat(sts.requests()).hasSize(1);
        assertThat(outcomes).hasSize(64).allMatch(outcome -> outcome == outcomes.getFirst());
    }

    @Test
    void concurrentRequestsForOneIdentityShareItsFailure() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        sts.holdsAndFails(hold);
        SessionIdentity identity = fixture.identity("job-7", gives());

        List<SessionOutcome> outcomes = together(64, hold, () -> sessions.session(identity, true));

        assertThat(sts.requests()).hasSize(1);
        assertThat(outcomes).hasSize(64).allMatch(outcome -> outcome == outcomes.getFirst());
    }

    @Test
    void requestAfterAnAnswerIsANewCall() {
        SessionIdentity identity = fixture.identity("job-7", gives());

        sessions.session(identity, true);
        sessions.session(identity, false);

        assertThat(sts.requests()).hasSize(2);
    }

    @Test
    void refusedSessionIsRequestedAgainAfterAnError() {
        AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        AwsCredentialsProvider base = () -> {
            if (left.decrementAndGet() == 0) {
                throw new OutOfMemoryError("broken on purpose");
            }
            return FaultySts.CREDENTIALS.resolveCredentials();
        };
        try (StsSessions fragile = new StsSessions(
                new TestStsConfig(sts.uri()),
                base,
                time::get,
                new PeerClocks(InstantSource.system(), System::nanoTime),
                new Random(7),
                new SimpleMeterRegistry())) {
            SessionIdentity denied = fixture.identity("job-7", gives());
            sts.fails(403, "AccessDenied", "not yet");
            fragile.session(denied, true);
            time.updateAndGet(now -> now.plusSeconds(60));
            // The second call fails within the request to STS.
            left.set(2);
            assertThatThrownBy(() -> fragile.session(denied, true)).hasRootCauseInstanceOf(OutOfMemoryError.class);

            sts.recovers();

            assertThat(fragile.session(denied, true)).isInstanceOf(Issued.class);
        }
    }

    @Test
    void roleOfAnotherPartitionThanTheControllersRegionIsRefusedWithoutACall() {
        SessionIdentity identity =
                fixture.identity("job-7", gives().role("arn:aws-cn:iam::123456789012:role/reporting"));
        try (StsSessions own = new StsSessions(
                new TestStsConfig(Optional.empty()),
                FaultySts.CREDENTIALS,
                InstantSource.system(),
                fixture.peers,
                new Random(7),
                new SimpleMeterRegistry())) {
            assertThat(own.session(identity, true))
                    .isEqualTo(new SessionOutcome.Refused(
                            "region: STS of eu-west-1 is in the partition aws, the IAM role in aws-cn"));
        }
    }

    /** A trust policy may require a tag or a session name, which differ between tasks of one policy. */
    @Test
    void anotherSessionOfARefusedRoleIsRequested() {
        sts.fails(403, "AccessDenied", "no");
        sessions.session(fixture.identity("one", gives()), true);
        sts.recovers();

        assertThat(sessions.session(fixture.identity("two", gives()), true)).isInstanceOf(Issued.class);
        assertThat(sessions.session(fixture.identity("one", gives().tags(Map.of("team", "data"))), true))
                .isInstanceOf(Issued.class);
    }

    @Test
    void refusalOfAnotherRequestDoesNotEndARenewal() {
        sts.fails(403, "AccessDenied", "no");
        sessions.session(fixture.identity("one", gives()), true);
        sts.recovers();

        assertThat(sessions.session(fixture.identity("two", gives()), false)).isInstanceOf(Issued.class);
    }

    /** Opens the latch after all other threads are seen waiting for it. */
    private static <T> List<T> together(int count, CountDownLatch hold, Callable<T> request) throws Exception {
        List<FutureTask<T>> requests = IntStream.range(0, count)
                .mapToObj(i -> new FutureTask<>(request))
                .toList();
        List<Thread> threads = new ArrayList<>();
        requests.forEach(task -> threads.add(Thread.startVirtualThread(task)));
        while (threads.stream()
                        .filter(thread -> thread.getState() == Thread.State.WAITING)
                        .count()
                < count - 1) {
            LockSupport.parkNanos(1_000_000);
        }
        hold.countDown();
        List<T> answers = new ArrayList<>();
        for (FutureTask<T> task : requests) {
            answers.add(task.get());
        }
        return answers;
    }
}
