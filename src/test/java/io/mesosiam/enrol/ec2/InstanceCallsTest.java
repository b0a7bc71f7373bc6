package io.mesosiam.enrol.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import io.mesosiam.fakes.FakeEc2;
import io.mesosiam.fakes.FakeEc2.Reply;
import io.mesosiam.sandbox.sts.SandboxSts;
import io.mesosiam.sts.TestStsConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** DescribeInstances over HTTP; the port's test has more faults. */
class InstanceCallsTest {
    private static final Place PLACE = new Place("111122223333", "eu-central-1");
    private static final String ID = "i-0123456789abcdef0";

    private final FakeEc2 ec2 = FakeEc2.start();

    @AfterEach
    void close() {
        ec2.close();
    }

    @Test
    void instanceIsDescribedWithAllItsAddresses() {
        FakeEc2.Instance instance = ec2.put(FakeEc2.Instance.running(ID, "ip-10-0-0-5.eu-central-1.compute.internal")
                .at("10.0.0.5", List.of("10.0.1.5", "2001:db8::5")));

        try (InstanceCalls calls = calls(TestEc2Config.on(ec2.uri(), Path.of("/none")), Optional.empty())) {
            assertThat(calls.describe(PLACE, Set.of(ID, "i-0fedcba9876543210")))
                    .isInstanceOfSatisfying(Answer.Described.class, described -> {
                        assertThat(described.instances()).containsOnlyKeys(ID);
                        DescribedInstance found = described.instances().get(ID);
                        assertThat(found.addresses())
                                .containsExactlyInAnyOrder("10.0.0.5", "10.0.1.5", "2001:db8:0:0:0:0:0:5");
                        assertThat(found.launchedAt()).isEqualTo(instance.launched());
                        assertThat(found.tags()).containsEntry("Name", "web");
                        assertThat(found.vpc() + found.subnet() + found.imageId() + found.state())
                                .isEqualTo("vpc-1subnet-1ami-0123456789abcdef0running");
                    });
        }
    }

    @Test
    void slowAnswerIsNotWaitedFor() {
        ec2.instead(Optional.of(_ -> new Reply(200, "", Duration.ofMinutes(10))));

        try (InstanceCalls calls =
                calls(TestEc2Config.on(ec2.uri(), Path.of("/none")).within(Duration.ofMillis(500)), Optional.empty())) {
            assertThat(calls.describe(PLACE, Set.of(ID))).isInstanceOf(Answer.Unavailable.class);
        }
    }

    @Test
    void throttlingIsReported() {
        ec2.instead(Optional.of(_ -> Reply.error(503, "RequestLimitExceeded")));

        try (InstanceCalls calls = calls(TestEc2Config.on(ec2.uri(), Path.of("/none")), Optional.empty())) {
            assertThat(calls.describe(PLACE, Set.of(ID)))
                    .isInstanceOfSatisfying(Answer.Unavailable.class, unavailable -> assertThat(unavailable.throttled())
                            .isTrue());
        }
    }

    @Test
    void endlessPagesAreNotFollowed() {
        ec2.instead(Optional.of(call -> Reply.page(List.of(), call.parameters().getOrDefault("NextToken", "") + "1")));

        try (InstanceCalls calls = calls(TestEc2Config.on(ec2.uri(), Path.of("/none")), Optional.empty())) {
            assertThat(calls.describe(PLACE, Set.of(ID)))
                    .isEqualTo(new Answer.Implausible("EC2 gave more than 20 pages for 1 instances"));
        }
        assertThat(ec2.calls()).hasSize(20);
    }

    @Test
    void allPagesHaveTheTimeOfOneCall() {
        ec2.instead(Optional.of(call -> new Reply(
                200,
                Reply.page(List.of(), call.parameters().getOrDefault("NextToken", "") + "1")
                        .body(),
                Duration.ofMillis(100))));

        try (InstanceCalls calls =
                calls(TestEc2Config.on(ec2.uri(), Path.of("/none")).within(Duration.ofMillis(900)), Optional.empty())) {
            assertThat(calls.describe(PLACE, Set.of(ID))).isInstanceOf(Answer.Unavailable.class);
        }
        assertThat(ec2.calls()).hasSizeLessThan(20);
    }

    @Test
    void roleOfTheAccountIsAssumed() throws IOException {
        ec2.put(FakeEc2.Instance.running(ID, "web-1.example"));
        String role = "arn:aws:iam::111122223333:role/describe";

        try (SandboxSts sts = SandboxSts.start();
                InstanceCalls calls = calls(
                        TestEc2Config.on(ec2.uri(), Path.of("/none")).withAccounts("111122223333=" + role),
                        Optional.of(sts.uri()))) {
            assertThat(calls.describe(PLACE, Set.of(ID))).isInstanceOf(Answer.Described.class);
            assertThat(sts.calls()).singleElement().satisfies(call -> {
                assertThat(call.action()).isEqualTo("AssumeRole");
                assertThat(call.parameter("RoleArn")).contains(role);
            });
        }
    }

    private static InstanceCalls calls(Ec2Config config, Optional<URI> sts) {
        return new InstanceCalls(
                config,
                InstanceConditions.of(config),
                new TestStsConfig(sts, Duration.ofSeconds(5)),
                StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        SandboxSts.controllerAccessKeyId(), SandboxSts.controllerSecretAccessKey())));
    }
}
