package io.mesosiam.revoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.policy.IamRole;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;

/** Denials against another implementation of IAM. */
@Timeout(300)
class MotoTest {
    private static final StaticCredentialsProvider KEYS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIAFAKE00000000TEST", "fake"));
    private static final String TRUST =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"*\"},\"Action\":\"sts:AssumeRole\"}]}";

    @Test
    void denialIsAnInlinePolicyOfTheRoleUntilItIsRemoved() throws Exception {
        try (Moto moto = Moto.start();
                IamClient iam = IamClient.builder()
                        .region(Region.AWS_GLOBAL)
                        .endpointOverride(moto.uri())
                        .credentialsProvider(KEYS)
                        .httpClientBuilder(Apache5HttpClient.builder())
                        .build()) {
            iam.createRole(role -> role.roleName("reporting").path("/mesos/").assumeRolePolicyDocument(TRUST));
            IamRole role = new IamRole("arn:aws:iam::123456789012:role/mesos/reporting");
            IamCalls calls = new IamCalls(
                    "mesos-iam-revoker",
                    Optional.of(moto.uri()),
                    Duration.ofSeconds(20),
                    Optional.of(moto.uri()),
                    Optional.of(Region.EU_WEST_1),
                    KEYS);

            List<String> names = List.of("job-7@f", "job-8@f");
            Optional<Instant> time = Optional.of(Instant.parse("2026-01-02T03:04:05.678Z"));
            for (Denial denial : List.of(
                    new Denial(UUID.randomUUID(), role, names, Optional.empty()),
                    new Denial(UUID.randomUUID(), role, List.of(), time),
                    new Denial(UUID.randomUUID(), role, names, time))) {
                calls.put(role, denial.policyName(), denial.document());
                calls.put(role, denial.policyName(), denial.document());

                assertThat(iam.listRolePolicies(list -> list.roleName("reporting"))
                                .policyNames())
                        .containsExactly(denial.policyName());

                calls.delete(role, denial.policyName());
                calls.delete(role, denial.policyName());
                assertThat(iam.listRolePolicies(list -> list.roleName("reporting"))
                                .policyNames())
                        .isEmpty();
            }
        }
    }
}
