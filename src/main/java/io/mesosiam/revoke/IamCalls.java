package io.mesosiam.revoke;

import io.mesosiam.policy.IamRole;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * Inline policies by the API of IAM. For each call it assumes the role of that purpose in the account of the IAM role, for
 * a quarter of an hour: revocations are rare, and such a session is kept no longer than the call.
 */
final class IamCalls implements InlinePolicies {
    private static final Map<String, Region> GLOBAL = Map.of(
            "aws", Region.AWS_GLOBAL,
            "aws-cn", Region.AWS_CN_GLOBAL,
            "aws-us-gov", Region.AWS_US_GOV_GLOBAL,
            "aws-iso", Region.AWS_ISO_GLOBAL,
            "aws-iso-b", Region.AWS_ISO_B_GLOBAL,
            "aws-iso-e", Region.of("aws-iso-e-global"),
            "aws-iso-f", Region.of("aws-iso-f-global"),
            "aws-eusc", Region.of("aws-eusc-global"));

    private final String roleName;
    private final Optional<URI> endpoint;
    private final Duration timeout;
    private final Optional<URI> stsEndpoint;
    private final Optional<Region> stsRegion;
    private final AwsCredentialsProvider own;

    /**
     * @param stsEndpoint another address of STS
     * @param stsRegion the region of STS; empty for the SDK's own
     * @param own the controller's own credentials, which may assume the role
     */
    IamCalls(
            String roleName,
            Optional<URI> endpoint,
            Duration timeout,
            Optional<URI> stsEndpoint,
            Optional<Region> stsRegion,
            AwsCredentialsProvider own) {
        this.roleName = roleName;
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.stsEndpoint = stsEndpoint;
        this.stsRegion = stsRegion;
        this.own = own;
    }

    @Override
    public void put(IamRole role, String name, String document) {
        try (IamClient iam = client(role)) {
            iam.putRolePolicy(
                    policy -> policy.roleName(role.name()).policyName(name).policyDocument(document));
        }
    }

    @Override
    public void delete(IamRole role, String name) {
        try (IamClient iam = client(role)) {
            iam.deleteRolePolicy(policy -> policy.roleName(role.name()).policyName(name));
        } catch (NoSuchEntityException absent) {
            // Removed by an operator, or with its role.
        }
    }

    private IamClient client(IamRole role) {
        return IamClient.builder()
                .region(GLOBAL.get(role.partition()))
                .applyMutation(builder -> endpoint.ifPresent(builder::endpointOverride))
                .credentialsProvider(StaticCredentialsProvider.create(session(role)))
                .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(timeout))
                .overrideConfiguration(calls -> calls.apiCallTimeout(timeout))
                .build();
    }

    private AwsCredentials session(IamRole role) {
        try (StsClient sts = StsClient.builder()
                .applyMutation(builder -> stsRegion.ifPresent(builder::region))
                .applyMutation(builder -> stsEndpoint.ifPresent(builder::endpointOverride))
                .credentialsProvider(own)
                .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(timeout))
                .overrideConfiguration(calls -> calls.apiCallTimeout(timeout))
                .build()) {
            Credentials given = sts.assumeRole(call -> call.roleArn(
                                    "arn:" + role.partition() + ":iam::" + role.account() + ":role/" + roleName)
                            .roleSessionName("mesos-iam-revoke")
                            .durationSeconds(900))
                    .credentials();
            return AwsSessionCredentials.create(given.accessKeyId(), given.secretAccessKey(), given.sessionToken());
        }
    }
}
