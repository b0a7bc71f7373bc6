package io.mesosiam.sandbox.sts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.StsException;
import software.amazon.awssdk.services.sts.model.Tag;

/** The official SDK against the sandbox's STS. */
class SandboxStsTest {
    private static final String ROLE = "arn:aws:iam::111122223333:role/team/reporting";
    private static final AwsCredentials CONTROLLER =
            AwsBasicCredentials.create(SandboxSts.controllerAccessKeyId(), SandboxSts.controllerSecretAccessKey());

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private SandboxSts sts;

    @BeforeEach
    void start() throws IOException {
        sts = SandboxSts.start(0, now::get);
    }

    @AfterEach
    void stop() {
        sts.close();
    }

    @Test
    void assumedRoleIsTheCallerIdentityOfTheSession() {
        try (StsClient client = client(CONTROLLER)) {
            Credentials session = assume(client, request -> {}).credentials();

            assertThat(session.accessKeyId()).startsWith("ASIASANDBOX").hasSize(20);
            assertThat(session.expiration())
                    .isBetween(now.get().plusSeconds(3598), now.get().plusSeconds(3600));
            try (StsClient task = client(session(session))) {
                assertThat(task.getCallerIdentity().arn())
                        .isEqualTo("arn:aws:sts::111122223333:assumed-role/reporting/task-1");
                assertThat(task.getCallerIdentity().account()).isEqualTo("111122223333");
            }
        }
    }

    @Test
    void everyParameterIsRecorded() {
        try (StsClient client = client(CONTROLLER)) {
            assume(client, request -> request.externalId("external")
                    .durationSeconds(900)
                    .tags(Tag.builder().key("team").value("a b").build()));
        }

        StsCall call = sts.assumptions().getFirst();
        assertThat(call.parameter("RoleArn")).contains(ROLE);
        assertThat(call.parameter("ExternalId")).contains("external");
        assertThat(call.parameter("Tags.member.1.Value")).contains("a b");
        assertThat(call.caller()).endsWith("user/mesos-iam-controller");
    }

    @Test
    void sessionMayNotAssumeARole() {
        try (StsClient client = client(CONTROLLER)) {
            try (StsClient task = client(session(assume(client, request -> {}).credentials()))) {
                assertCode("AccessDenied", 403, () -> assume(task, request -> {}));
            }
        }
    }

    @Test
    void keyWithAWrongSecretIsRefused() {
        AwsCredentials guessed = AwsBasicCredentials.create(SandboxSts.controllerAccessKeyId(), "guessed");
        try (StsClient client = client(guessed);
                StsClient unknown = client(AwsBasicCredentials.create("AKIANOBODY", "guessed"))) {
            assertCode("SignatureDoesNotMatch", 403, client::getCallerIdentity);
            assertCode("InvalidClientTokenId", 403, unknown::getCallerIdentity);
        }
    }

    @Test
    void expiredSessionIsRefused() {
        try (StsClient client = client(CONTROLLER)) {
            try (StsClient task = client(session(assume(client, request -> {}).credentials()))) {
                now.updateAndGet(before -> before.plus(Duration.ofHours(1)));
                // the SDK signs with the clock of the machine; only the expiry of a session uses the clock of the
                // sandbox
                assertCode("ExpiredToken", 403, task::getCallerIdentity);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ACCESS_DENIED, AccessDenied, 403",
        "THROTTLING, Throttling, 400",
        "VALIDATION_ERROR, ValidationError, 400",
        "EXPIRED_TOKEN, ExpiredToken, 403",
        "INTERNAL_FAILURE, InternalFailure, 500"
    })
    void faultIsAnsweredLikeByAws(Fault fault, String code, int status) {
        sts.fault(ROLE, fault);
        try (StsClient client = client(CONTROLLER)) {
            assertCode(code, status, () -> assume(client, request -> {}));
            assertThat(assume(client, request -> request.roleArn(ROLE + "-other"))
                            .credentials())
                    .isNotNull();
        }
    }

    @Test
    void garbageResponseIsAnError() {
        sts.fault(Fault.GARBAGE);
        try (StsClient client = client(CONTROLLER)) {
            assertThatThrownBy(() -> assume(client, request -> {})).isInstanceOf(SdkException.class);
        }
    }

    @Test
    void neverAnsweringFaultLastsUntilItIsCleared() {
        sts.fault(Fault.NEVER);
        try (StsClient client = client(CONTROLLER)) {
            var answer = CompletableFuture.supplyAsync(() -> assume(client, request -> {}));
            assertThat(answer).isNotDone();
            sts.fault(Fault.NONE);
            assertThat(answer.join().credentials()).isNotNull();
        }
    }

    @Test
    void parametersThatAwsRejectsAreRejected() {
        try (StsClient client = client(CONTROLLER)) {
            assertCode(
                    "ValidationError",
                    400,
                    () -> assume(client, request -> request.roleArn("not-an-arn-at-all-really")));
            assertCode("ValidationError", 400, () -> assume(client, request -> request.roleSessionName("no spaces")));
            assertCode("ValidationError", 400, () -> assume(client, request -> request.durationSeconds(899)));
            assertCode("MalformedPolicyDocument", 400, () -> assume(client, request -> request.policy("{no")));
            assertCode("PackedPolicyTooLarge", 400, () -> assume(client, request -> request.policy(" ".repeat(2049))));
        }
    }

    @Test
    void unsignedRequestIsRefused() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var answer = http.send(
                    HttpRequest.newBuilder(sts.uri())
                            .POST(BodyPublishers.ofString("Action=GetCallerIdentity"))
                            .build(),
                    BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("<Code>MissingAuthenticationToken</Code>");
        }
    }

    private StsClient client(AwsCredentials credentials) {
        return StsClient.builder()
                .endpointOverride(sts.uri())
                .region(Region.EU_CENTRAL_1)
                .httpClient(Apache5HttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .overrideConfiguration(c -> c.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    private static AwsCredentials session(Credentials session) {
        return AwsSessionCredentials.create(session.accessKeyId(), session.secretAccessKey(), session.sessionToken());
    }

    private static AssumeRoleResponse assume(StsClient client, Consumer<AssumeRoleRequest.Builder> more) {
        return client.assumeRole(request -> {
            request.roleArn(ROLE).roleSessionName("task-1");
            more.accept(request);
        });
    }

    private static void assertCode(String code, int status, Runnable call) {
        StsException error = catchThrowableOfType(StsException.class, call::run);
        assertThat(error.awsErrorDetails().errorCode()).isEqualTo(code);
        assertThat(error.statusCode()).isEqualTo(status);
    }
}
