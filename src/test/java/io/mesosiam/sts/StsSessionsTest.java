package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.ROLE;
import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.lease.SessionOutcome.Issued;
import io.mesosiam.lease.SessionOutcome.Refused;
import io.mesosiam.lease.SessionOutcome.Unavailable;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

class StsSessionsTest {
    private static final String KEY_ID = "ASIAFAKE00000000TEST";
    private static final String SECRET_KEY = "fake-secret-access-key-that-opens-nothing";
    private static final String TOKEN = "fake-session-token-that-opens-nothing";

    private final FaultySts sts = new FaultySts();
    private final PeerClocks peers = new PeerClocks(InstantSource.system(), System::nanoTime);
    private final StsSessions sessions = sessions(sts.uri(), FaultySts.CREDENTIALS, peers);

    @AfterEach
    void stop() {
        sessions.close();
        sts.close();
    }

    @Test
    void sessionAndRefusalContainTheTimeOfSts() {
        sessions.session(identity("job-7", gives()), true);
        assertThat(peers.ahead()).containsOnlyKeys(Peer.STS);

        PeerClocks others = new PeerClocks(InstantSource.system(), System::nanoTime);
        try (StsSessions refused = sessions(sts.uri(), FaultySts.CREDENTIALS, others)) {
            sts.fails(403, "SignatureDoesNotMatch", "Signature not yet current");
            assertThat(refused.session(identity("job-8", gives()), true))
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

        sessions.session(identity("job-7", entitlement), true);

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
        sessions.session(identity("job-7", gives()), true);

        assertThat(sts.requests()).singleElement().satisfies(request -> assertThat(request)
                .containsOnlyKeys("Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds"));
    }

    @Test
    void sessionContainsTheCredentialsOfSts() {
        Instant expiration = Instant.parse("2099-01-01T00:00:00Z");
        sts.answers(200, FaultySts.session(KEY_ID, SECRET_KEY, TOKEN, "<Expiration>" + expiration + "</Expiration>"));

        SessionOutcome outcome = sessions.session(identity("job-7", gives()), true);

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
        SessionIdentity identity = identity("job-7", gives());

        List<SessionOutcome> outcomes = together(64, hold, () -> sessions.session(identity, true));

        assertThat(sts.requests()).hasSize(1);
        assertThat(outcomes).hasSize(64).allMatch(outcome -> outcome == outcomes.getFirst());
    }

    @Test
    void concurrentRequestsForOneIdentityShareItsFailure() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        sts.holdsAndFails(hold);
        SessionIdentity identity = identity("job-7", gives());

        List<SessionOutcome> outcomes = together(64, hold, () -> sessions.session(identity, true));

        assertThat(sts.requests()).hasSize(1);
        assertThat(outcomes).hasSize(64).allMatch(outcome -> outcome == outcomes.getFirst());
    }

    @Test
    void requestAfterAnAnswerIsANewCall() {
        SessionIdentity identity = identity("job-7", gives());

        sessions.session(identity, true);
        sessions.session(identity, false);

        assertThat(sts.requests()).hasSize(2);
    }

    static final List<Arguments> LASTING = List.of(
            Arguments.of(403, "AccessDenied"),
            Arguments.of(400, "MalformedPolicyDocument"),
            Arguments.of(400, "PackedPolicyTooLarge"),
            Arguments.of(400, "ValidationError"),
            Arguments.of(403, "RegionDisabledException"));

    @ParameterizedTest
    @FieldSource("LASTING")
    void rejectionOfTheRequestIsLasting(int status, String code) {
        sts.fails(status, code, "because of that");

        assertThat(sessions.session(identity("job-7", gives()), true))
                .asInstanceOf(type(Refused.class))
                .satisfies(refused -> assertThat(refused.reason())
                        .contains(code + ": because of that", "status " + status, "request " + FaultySts.REQUEST));
        assertThat(sts.requests()).hasSize(1);
    }

    static final List<Arguments> PASSING = List.of(
            Arguments.of(400, "Throttling", "STS throttles"),
            Arguments.of(429, "TooManyRequests", "STS throttles"),
            Arguments.of(403, "ExpiredToken", "the controller's own credentials"),
            Arguments.of(403, "InvalidClientTokenId", "the controller's own credentials"),
            Arguments.of(403, "SignatureDoesNotMatch", "the controller's own credentials"),
            Arguments.of(500, "InternalFailure", "STS failed"),
            Arguments.of(503, "ServiceUnavailable", "STS failed"),
            Arguments.of(500, "AccessDenied", "STS failed"),
            Arguments.of(400, "SomethingNew", "STS failed"));

    @ParameterizedTest
    @FieldSource("PASSING")
    void otherFailureIsTemporary(int status, String code, String reason) {
        sts.fails(status, code, "because of that");

        assertUnavailable(sessions.session(identity("job-7", gives()), true), reason);
        assertThat(sts.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 403, 404, 502})
    void unreadableResponseIsTemporary(int status) {
        sts.answers(status, "<html>this is <not> XML");

        assertUnavailable(sessions.session(identity("job-7", gives()), true), "STS");
    }

    static final List<Arguments> SENSELESS = List.of(
            Arguments.of(FaultySts.session("A", "B", "C", ""), "no expiration"),
            Arguments.of(
                    FaultySts.session("A", "B", "C", "<Expiration>1970-01-01T00:00:00Z</Expiration>"),
                    "expired at 1970-01-01T00:00:00Z"),
            Arguments.of(FaultySts.session("A", "B", "C", "<Expiration>soon</Expiration>"), "no answer from STS"),
            Arguments.of(FaultySts.session("", "B", "C", ""), "key id, key or token is missing"),
            Arguments.of(FaultySts.session("A", "B", "to&quot;ken", ""), "not what agents can pass on"),
            Arguments.of(FaultySts.session("A", "B", "x".repeat(40_000), ""), "not what agents can pass on"),
            Arguments.of(FaultySts.session("A", " ", "C", ""), "key id, key or token is missing"),
            Arguments.of(FaultySts.session("A", "B", "", ""), "key id, key or token is missing"),
            Arguments.of("<AssumeRoleResponse/>", "no credentials"),
            Arguments.of("", "STS"));

    @ParameterizedTest
    @FieldSource("SENSELESS")
    void responseWithoutAUsableSessionIsTemporary(String body, String reason) {
        sts.answers(200, body);

        assertUnavailable(sessions.session(identity("job-7", gives()), true), reason);
    }

    @Test
    void unansweredCallTimesOut() {
        sts.neverAnswers();

        assertUnavailable(sessions.session(identity("job-7", gives()), true), "STS");
    }

    @Test
    void unreachableStsIsUnavailable() {
        FaultySts gone = new FaultySts();
        gone.close();
        try (StsSessions unreachable = sessions(gone.uri(), FaultySts.CREDENTIALS)) {
            assertUnavailable(
                    unreachable.session(identity("job-7", gives()), true),
                    "no answer from STS: connection refused (" + gone.uri() + ")");
        }
    }

    @Test
    void messageNamesAnUnknownStsHost() {
        try (StsSessions unreachable = sessions(URI.create("http://no.such.invalid"), FaultySts.CREDENTIALS)) {
            assertUnavailable(
                    unreachable.session(identity("job-7", gives()), true),
                    "no answer from STS: no such host (http://no.such.invalid)");
        }
    }

    @Test
    void controllerWithoutCredentialsIsUnavailable() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create("Unable to load credentials from any of the providers");
        };
        try (StsSessions poor = sessions(sts.uri(), none)) {
            assertUnavailable(poor.session(identity("job-7", gives()), true), "Unable to load credentials");
        }
    }

    @Test
    void withoutCredentialsStsIsNotCalled() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create("Unable to load credentials from any of the providers");
        };
        try (StsSessions poor = sessions(sts.uri(), none)) {
            assertUnavailable(
                    poor.session(identity("job-7", gives()), true), "the controller has no AWS credentials: Unable");
            assertThat(poor.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                    .startsWith("the controller has no AWS credentials"));
        }
        assertThat(sts.requests()).isEmpty();
    }

    @Test
    void refusedCredentialsAreTroubleUntilStsAcceptsThem() {
        assertThat(sessions.callerTrouble()).isEmpty();

        sts.fails(403, "ExpiredToken", "the token is expired");
        sessions.session(identity("job-7", gives()), true);
        assertThat(sessions.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("STS refuses the controller's own credentials", "ExpiredToken"));

        // A denied role shows that the credentials are accepted.
        sts.fails(403, "AccessDenied", "no");
        sessions.session(identity("job-8", gives()), true);
        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void repairedCredentialsEndTheTroubleWithoutATaskThatNeedsASession() {
        sts.fails(403, "InvalidClientTokenId", "the key is invalid");
        sessions.session(identity("job-7", gives()), true);
        assertThat(sessions.callerTrouble()).isPresent();

        sts.recovers();

        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void requestAfterAnErrorWithinAProbeIsTheNextProbe() {
        AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        AwsCredentialsProvider base = () -> {
            if (left.decrementAndGet() == 0) {
                throw new OutOfMemoryError("broken on purpose");
            }
            return FaultySts.CREDENTIALS.resolveCredentials();
        };
        try (StsSessions fragile = new StsSessions(
                new Settings(sts.uri()),
                base,
                time::get,
                new PeerClocks(InstantSource.system(), System::nanoTime),
                new Random(7),
                new SimpleMeterRegistry())) {
            SessionIdentity denied = identity("job-7", gives());
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
    void unansweredStsIsTrouble() {
        FaultySts gone = new FaultySts();
        gone.close();
        try (StsSessions unreachable = sessions(gone.uri(), FaultySts.CREDENTIALS)) {
            assertThat(unreachable.callerTrouble()).isEmpty();

            unreachable.session(identity("job-7", gives()), true);

            assertThat(unreachable.callerTrouble())
                    .hasValueSatisfying(trouble -> assertThat(trouble).contains("no answer from STS"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503})
    void errorOfAnIntermediaryIsTroubleUntilStsAnswers(int status) {
        sts.fails(status, "InternalFailure", "broken");
        sessions.session(identity("job-7", gives()), true);
        assertThat(sessions.callerTrouble()).isPresent();

        sts.fails(403, "AccessDenied", "an answer");

        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void throttlingIsAnAnswer() {
        sts.fails(400, "Throttling", "slow down");

        sessions.session(identity("job-7", gives()), true);

        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void missingCredentialsAreReportedInOneSentence() {
        AwsCredentialsProvider none = () -> {
            throw SdkClientException.create(
                    "Unable to load credentials from any of the providers in the chain"
                            + " AwsCredentialsProviderChain(credentialsProviders=[SystemPropertyCredentialsProvider(),"
                            + " EnvironmentVariableCredentialsProvider()]) : [SystemPropertyCredentialsProvider(): Unable to load"
                            + " credentials from system settings. Access key must be specified either via environment variable]");
        };
        try (StsSessions poor = sessions(sts.uri(), none)) {
            assertThat(poor.callerTrouble())
                    .contains("the controller has no AWS credentials: Unable to load credentials from any of the"
                            + " providers in the chain");
        }
    }

    @Test
    void refusedSessionIsNotRequestedForTheNextTaskThatSharesIt() {
        sts.fails(403, "AccessDenied", "no");
        SessionOutcome first = sessions.session(identity("one", gives()), true);

        SessionOutcome second = sessions.session(identity("one", gives()), true);

        assertThat(second).isEqualTo(first);
        assertThat(sts.requests()).hasSize(1);
    }

    /** A trust policy may require a tag or a session name, which differ between tasks of one policy. */
    @Test
    void anotherSessionOfARefusedRoleIsRequested() {
        sts.fails(403, "AccessDenied", "no");
        sessions.session(identity("one", gives()), true);
        sts.recovers();

        assertThat(sessions.session(identity("two", gives()), true)).isInstanceOf(Issued.class);
        assertThat(sessions.session(identity("one", gives().tags(Map.of("team", "data"))), true))
                .isInstanceOf(Issued.class);
    }

    @Test
    void troubleOfOneRegionDoesNotAffectAnother() {
        sessions.session(identity("one", gives()), true);
        sts.fails(403, "InvalidClientTokenId", "the region is not enabled");
        sessions.session(identity("two", gives().region("af-south-1")), true);
        assertThat(sessions.callerTrouble()).isEmpty();

        sessions.session(identity("three", gives()), true);
        assertThat(sessions.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("af-south-1: STS refuses", "; eu-west-1: STS refuses"));

        sts.recovers();
        sessions.session(identity("four", gives().region("af-south-1")), true);
        assertThat(sessions.callerTrouble()).isEmpty();
    }

    @Test
    void answerOfOneRegionDoesNotEndTheTroubleOfAnother() {
        sts.fails(403, "ExpiredToken", "the token is expired");
        sessions.session(identity("one", gives()), true);
        sts.recovers();
        sessions.session(identity("two", gives().region("af-south-1")), true);
        // eu-west-1, which is called again, still refuses.
        sts.fails(403, "ExpiredToken", "the token is expired");
        assertThat(sessions.callerTrouble()).isEmpty();

        sessions.session(identity("three", gives().region("af-south-1")), true);

        assertThat(sessions.callerTrouble()).hasValueSatisfying(trouble -> assertThat(trouble)
                .contains("af-south-1: STS refuses", "eu-west-1: STS refuses"));
    }

    @Test
    void refusalOfAnotherRequestDoesNotEndARenewal() {
        sts.fails(403, "AccessDenied", "no");
        sessions.session(identity("one", gives()), true);
        sts.recovers();

        assertThat(sessions.session(identity("two", gives()), false)).isInstanceOf(Issued.class);
    }

    @Test
    void outcomeContainsNeitherExternalIdNorSecret() {
        sts.fails(400, "ValidationError", "'between-us' at 'externalId' isn't good");

        SessionOutcome outcome = sessions.session(identity("job-7", gives().externalId("between-us")), true);

        assertThat(outcome.toString())
                .contains("[external id]")
                .doesNotContain("between-us", SandboxSts.controllerSecretAccessKey());
    }

    @Test
    void failureContainsNoKeyMaterial() {
        sts.answers(200, FaultySts.session(KEY_ID, SECRET_KEY, TOKEN, "<Expiration>x</Expiration>"));

        SessionOutcome outcome = sessions.session(identity("job-7", gives()), true);

        assertThat(outcome.toString()).doesNotContain(SECRET_KEY, TOKEN);
    }

    @Test
    void longErrorIsShortened() {
        sts.fails(403, "AccessDenied", "x".repeat(100_000) + "\n");

        assertThat(sessions.session(identity("job-7", gives()), true))
                .asInstanceOf(type(Refused.class))
                .satisfies(refused ->
                        assertThat(refused.reason()).hasSizeLessThan(800).doesNotContain("\n"));
    }

    private static void assertUnavailable(SessionOutcome outcome, String reason) {
        assertThat(outcome).asInstanceOf(type(Unavailable.class)).satisfies(unavailable -> {
            assertThat(unavailable.reason()).contains(reason);
            assertThat(unavailable.retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
        });
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
            Thread.onSpinWait();
        }
        hold.countDown();
        List<T> answers = new ArrayList<>();
        for (FutureTask<T> task : requests) {
            answers.add(task.get());
        }
        return answers;
    }

    private SessionIdentity identity(String taskId, Launches.Gives gives) {
        return sessions.identity(gives.entitlement(), CredentialName.DEFAULT, task(taskId));
    }

    private static StsSessions sessions(URI endpoint, AwsCredentialsProvider base) {
        return sessions(endpoint, base, new PeerClocks(InstantSource.system(), System::nanoTime));
    }

    private static StsSessions sessions(URI endpoint, AwsCredentialsProvider base, PeerClocks peers) {
        return new StsSessions(
                new Settings(endpoint), base, InstantSource.system(), peers, new Random(7), new SimpleMeterRegistry());
    }

    private record Settings(URI at) implements StsConfig {
        @Override
        public Optional<String> region() {
            return Optional.of("eu-west-1");
        }

        @Override
        public Optional<URI> endpoint() {
            return Optional.of(at);
        }

        @Override
        public Duration connectTimeout() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Duration attemptTimeout() {
            return Duration.ofSeconds(2);
        }

        @Override
        public Duration callTimeout() {
            return Duration.ofSeconds(4);
        }

        @Override
        public int callsPerSecond() {
            return 300;
        }

        @Override
        public Duration longestQueue() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration longestSession() {
            return Duration.ofHours(1);
        }
    }
}
