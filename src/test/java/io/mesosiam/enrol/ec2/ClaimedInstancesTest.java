package io.mesosiam.enrol.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.FakeEc2.Reply;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.mesosiam.sts.TestStsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class ClaimedInstancesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final FakeEc2 ec2 = FakeEc2.start();
    private final InstanceCalls calls = calls(TestEc2Config.on(ec2.uri(), Path.of("/none")));
    private final AtomicLong time = new AtomicLong();
    private final ClaimedInstances claimed = new ClaimedInstances(calls, time::get);
    private final InstanceIdentity identity = identity("i-0123456789abcdef0", START);

    @AfterEach
    void close() {
        calls.close();
        ec2.close();
    }

    @Test
    void copiesOfADocumentInParallelCauseOneCall() throws Exception {
        ec2.put(FakeEc2.Instance.running(identity.instanceId(), "web-1.example"));
        Callable<Answer> claim = () -> claimed.describe(identity);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(Collections.nCopies(50, claim)).stream()
                            .map(Future::resultNow))
                    .allSatisfy(answer -> assertThat(answer).isInstanceOf(Answer.Described.class));
        }

        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void answerIsUsedForTenSecondsAndForThisDocumentAlone() {
        var _ = claimed.describe(identity);
        time.addAndGet(ClaimedInstances.KEPT.toNanos() - 1);
        var _ = claimed.describe(identity);
        assertThat(ec2.calls()).hasSize(1);

        time.addAndGet(1);
        var _ = claimed.describe(identity);
        assertThat(ec2.calls()).hasSize(2);

        var _ = claimed.describe(identity(identity.instanceId(), START.plusSeconds(600)));
        assertThat(ec2.calls()).hasSize(3);
    }

    @Test
    void failedCallIsRepeatedByTheNextClaim() {
        ec2.instead(Optional.of(_ -> Reply.error(503, "RequestLimitExceeded")));
        assertThat(claimed.describe(identity)).isInstanceOf(Answer.Unavailable.class);
        ec2.instead(Optional.empty());

        assertThat(claimed.describe(identity)).isInstanceOf(Answer.Described.class);
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
