package io.mesosiam.enrol.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.FakeEc2.Reply;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.mesosiam.sts.TestStsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class ClaimedInstancesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeEc2 ec2 = FakeEc2.start();
    private final InstanceCalls calls = calls(TestEc2Config.on(ec2.uri(), Path.of("/none")));
    private final AtomicLong time = new AtomicLong();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ClaimedInstances claimed = new ClaimedInstances(calls, time::get, threads);

    /** An answer's time begins before its claim returns. */
    private final ClaimedInstances timed = new ClaimedInstances(calls, time::get, Runnable::run);

    private final InstanceIdentity identity = identity("i-0123456789abcdef0", START);

    @AfterEach
    void close() {
        threads.shutdownNow();
        calls.close();
        ec2.close();
    }

    @Test
    void copiesOfADocumentInParallelCauseOneCall() throws Exception {
        ec2.put(FakeEc2.Instance.running(identity.instanceId(), "web-1.example"));
        assertThat(fiftyClaims()).hasSize(50).allSatisfy(answer -> assertThat(answer)
                .isInstanceOf(Answer.Described.class));

        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void copiesOfADocumentCauseOneCallAlsoWhileEc2Fails() throws Exception {
        ec2.instead(Optional.of(_ -> Reply.error(503, "RequestLimitExceeded")));

        assertThat(fiftyClaims()).hasSize(50).allSatisfy(answer -> assertThat(answer)
                .isInstanceOf(Answer.Unavailable.class));

        assertThat(ec2.calls()).hasSize(1);
    }

    private List<Answer> fiftyClaims() throws InterruptedException {
        Callable<Answer> claim = () -> claimed.describe(identity);
        return threads.invokeAll(Collections.nCopies(50, claim)).stream()
                .map(Future::resultNow)
                .toList();
    }

    @Test
    void slowAnswerHoldsUpNoClaimOfAnotherInstance() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        String none = Reply.page(List.of(), "").body();
        ec2.instead(Optional.of(call -> {
            if (call.ids().contains(identity.instanceId())) {
                awaitUninterruptibly(slow);
            }
            return Reply.of(200, none);
        }));
        Future<Answer> first = threads.submit(() -> claimed.describe(identity));
        Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> ec2.calls().size() == 1);

        // more than the places of a small map
        for (int i = 0; i < 64; i++) {
            InstanceIdentity other = identity("i-%017x".formatted(i), START);
            assertThat(threads.submit(() -> claimed.describe(other))
                            .get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(Answer.Described.class);
        }

        assertThat(first.isDone()).isFalse();
        slow.countDown();
        assertThat(first.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(Answer.Described.class);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void answerIsUsedForTenSecondsAndForThisDocumentAlone() {
        var _ = timed.describe(identity);
        time.addAndGet(ClaimedInstances.KEPT.toNanos() - 1);
        var _ = timed.describe(identity);
        assertThat(ec2.calls()).hasSize(1);

        time.addAndGet(1);
        var _ = timed.describe(identity);
        assertThat(ec2.calls()).hasSize(2);

        var _ = timed.describe(identity(identity.instanceId(), START.plusSeconds(600)));
        assertThat(ec2.calls()).hasSize(3);
    }

    @Test
    void failedCallIsRepeatedAfterTenSeconds() {
        ec2.instead(Optional.of(_ -> Reply.error(503, "RequestLimitExceeded")));
        assertThat(timed.describe(identity)).isInstanceOf(Answer.Unavailable.class);
        ec2.instead(Optional.empty());
        time.addAndGet(ClaimedInstances.KEPT.toNanos());

        assertThat(timed.describe(identity)).isInstanceOf(Answer.Described.class);
    }

    private static InstanceIdentity identity(String id, Instant start) {
        return new InstanceIdentity(
                "111122223333", "eu-central-1", id, "ami-0123456789abcdef0", "eu-central-1a", "10.0.0.5", start);
    }

    private static InstanceCalls calls(Ec2Config config) {
        return new InstanceCalls(
                config,
                InstanceConditions.of(config),
                new TestStsConfig(Optional.empty(), Duration.ofSeconds(5)),
                StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        SandboxSts.controllerAccessKeyId(), SandboxSts.controllerSecretAccessKey())));
    }
}
