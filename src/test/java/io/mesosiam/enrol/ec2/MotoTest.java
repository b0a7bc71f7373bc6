package io.mesosiam.enrol.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.enrol.ec2.InstanceCalls.Answer;
import io.mesosiam.enrol.ec2.InstanceCalls.Place;
import io.mesosiam.revoke.Moto;
import io.mesosiam.sts.TestStsConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** DescribeInstances of another implementation of EC2. */
@Timeout(300)
class MotoTest {
    private static final StaticCredentialsProvider KEYS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAFAKE00000000TEST", "fake"));
    private static final Place PLACE = new Place("123456789012", "eu-central-1");
    private static final String UNKNOWN = "i-0fedcba9876543210";

    @Test
    void instanceIsDescribedUntilItIsTerminated() throws Exception {
        try (Moto moto = Moto.start();
                Ec2Client ec2 = Ec2Client.builder()
                        .region(Region.EU_CENTRAL_1)
                        .endpointOverride(moto.uri())
                        .credentialsProvider(KEYS)
                        .httpClientBuilder(Apache5HttpClient.builder())
                        .build()) {
            Instance made = ec2.runInstances(run -> run.imageId("ami-12c6146b")
                            .minCount(1)
                            .maxCount(1)
                            .tagSpecifications(TagSpecification.builder()
                                    .resourceType(ResourceType.INSTANCE)
                                    .tags(Tag.builder()
                                            .key("cluster")
                                            .value("mesos")
                                            .build())
                                    .build()))
                    .instances()
                    .getFirst();
            Ec2Config config = TestEc2Config.on(moto.uri(), Path.of("/none"))
                    .withAccounts(PLACE.account())
                    .within(Duration.ofSeconds(20));
            try (InstanceCalls calls = new InstanceCalls(
                    config,
                    InstanceConditions.of(config),
                    new TestStsConfig(Optional.empty(), Duration.ofSeconds(20)),
                    KEYS)) {
                DescribedInstance found = described(calls, made.instanceId());

                assertThat(found.state()).isEqualTo("running");
                assertThat(found.addresses()).contains(made.privateIpAddress());
                assertThat(found.privateDnsName()).contains(made.privateDnsName());
                assertThat(found.launchedAt()).isEqualTo(made.launchTime());
                assertThat(found.vpc() + found.subnet() + found.imageId())
                        .isEqualTo(made.vpcId() + made.subnetId() + made.imageId());
                assertThat(found.tags()).containsEntry("cluster", "mesos");

                var _ = ec2.terminateInstances(end -> end.instanceIds(made.instanceId()));

                assertThat(described(calls, made.instanceId()).state()).isEqualTo(DescribedInstance.TERMINATED);
                assertThat(calls.describe(PLACE, Set.of(made.instanceId())))
                        .isEqualTo(calls.describe(PLACE, Set.of(made.instanceId(), UNKNOWN)));
            }
        }
    }

    private static DescribedInstance described(InstanceCalls calls, String id) {
        Answer answer = calls.describe(PLACE, Set.of(id));
        assertThat(answer).isInstanceOf(Answer.Described.class);
        return ((Answer.Described) answer).instances().get(id);
    }
}
