package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.ROLE;
import static io.mesosiam.agent.serve.TestEndpoint.TASK;
import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.pause.Deadline;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;

class CredentialEndpointTest extends EndpointFixture {
    @Test
    void leaseIsReturnedInTheFormThatSdksExpect() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        HttpResponse<String> response = endpoint.get("/v2/credentials");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().allValues("Content-Type")).containsExactly("application/json");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        JsonNode json = new ObjectMapper().readTree(response.body());
        assertThat(json.size()).isEqualTo(6);
        assertThat(json.get("AccessKeyId").textValue()).isEqualTo("ASIAEXAMPLE");
        assertThat(json.get("SecretAccessKey").textValue()).isEqualTo("secret/key+");
        assertThat(json.get("Token").textValue()).isEqualTo("the/token==");
        assertThat(json.get("Expiration").textValue()).isEqualTo("2090-01-01T01:02:03Z");
        assertThat(json.get("RoleArn").textValue()).isEqualTo(ROLE);
        assertThat(json.get("AccountId").textValue()).isEqualTo("123456789012");
    }

    @Test
    void eksPathReturnsTheSameCredentials() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.get("/v1/credentials").body())
                .isEqualTo(endpoint.get("/v2/credentials").body());
    }

    @Test
    void officialSdkReadsTheCredentials() {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        String setting = SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI.property();
        System.setProperty(setting, endpoint.uri("/v2/credentials").toString());
        try (ContainerCredentialsProvider provider = ContainerCredentialsProvider.create()) {
            assertThat(provider.resolveCredentials())
                    .isInstanceOfSatisfying(AwsSessionCredentials.class, credentials -> {
                        assertThat(credentials.accessKeyId()).isEqualTo("ASIAEXAMPLE");
                        assertThat(credentials.secretAccessKey()).isEqualTo("secret/key+");
                        assertThat(credentials.sessionToken()).isEqualTo("the/token==");
                        assertThat(credentials.expirationTime()).hasValue(Instant.parse("2090-01-01T01:02:03Z"));
                    });
        } finally {
            System.clearProperty(setting);
        }
    }

    @Test
    void namedCredentialsHaveTheirOwnPath() throws Exception {
        leases.put("task", "default", lease("task", "ASIADEFAULT"));
        leases.put("task", "reports-2", lease("task", "ASIAREPORTS"));

        assertThat(endpoint.get("/v2/credentials").body()).contains("ASIADEFAULT");
        assertThat(endpoint.get("/v2/credentials/reports-2").body()).contains("ASIAREPORTS");
        assertThat(endpoint.get("/v2/credentials/default").body()).contains("ASIADEFAULT");
        assertThat(endpoint.get("/v2/credentials?id=reports-2").body()).contains("ASIAREPORTS");
    }

    @Test
    void refusalIsReturnedAtOnceInTheFormThatGoShows() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        leases.put("task", "default", new Answer.Refusal("NoPolicy", "no policy matches \"this\" task"));

        HttpResponse<String> response = endpoint.get("/v2/credentials");

        assertThat(response.headers().allValues("Content-Type")).containsExactly("application/json");
        assertThat(response.headers().allValues("Cache-Control")).containsExactly("no-store");
        assertError(response, 403, "NoPolicy", "no policy matches \"this\" task");
        assertThat(leases.requested).isEmpty();
    }

    @Test
    void processOutsideOfTasksIsRefusedAtOnceWithTheReason() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        endpoint.attest(new Attestation.NoContainer("group /system.slice"));

        assertError(endpoint.get("/v2/credentials"), Failure.UNKNOWN_CALLER);
    }

    @Test
    void ambiguousCallerIsRefused() throws Exception {
        endpoint.attest(new Attestation.Ambiguous("a and b"));

        assertError(endpoint.get("/v2/credentials"), Failure.AMBIGUOUS_CALLER);
    }

    @Test
    void callerWithoutARecordedSocketIsRefusedAtOnce() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        endpoint.attest(new Attestation.Unrecorded("inode 7", false));
        assertError(endpoint.get("/v2/credentials"), Failure.UNRECORDED_SOCKET);

        endpoint.attest(new Attestation.Unrecorded("inode 7", true));
        assertError(endpoint.get("/v2/credentials"), Failure.UNRECORDED_SO_FAR);
    }

    @Test
    void missingLeaseIsRequestedAndThen503() throws Exception {
        HttpResponse<String> response = endpoint.get("/v2/credentials/reports");

        assertError(response, Failure.CREDENTIALS_PENDING);
        assertThat(response.headers().firstValue("Retry-After")).isEmpty();
        assertThat(leases.requested).containsExactly("task:reports");
    }

    @Test
    void waitingRequestIsAnsweredOnceItsLeaseArrives() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        leases.onRequest = () -> leases.put("task", "default", lease("task", "ASIALATE"));

        assertThat(endpoint.get("/v2/credentials").body()).contains("ASIALATE");
    }

    @Test
    void callerThatChangedWhileItWaitedGetsNothing() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        leases.onRequest = () -> leases.put("task", "default", lease("task", "ASIALATE"));
        endpoint.attestOnce(new Attestation.Attested(TASK, "test"));
        endpoint.attest(new Attestation.Attested(new Container("task", TASK.startTicks() + 1), "test"));

        assertError(endpoint.get("/v2/credentials"), Failure.CALLER_CHANGED);
    }

    @Test
    void unknownCallerIsAttestedAgain() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        endpoint.attestOnce(new Attestation.Unknown("no such socket"));
        endpoint.attestOnce(new Attestation.Unknown("no such socket"));
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
    }

    @Test
    void callerThatStaysUnknownGets503() throws Exception {
        endpoint.attest(new Attestation.Unknown("no such socket"));

        assertError(endpoint.get("/v2/credentials"), Failure.ATTESTATION_PENDING);
    }

    @Test
    void attestationHasItsTimeFromTheArrivalOfTheRequest() throws Exception {
        long limit = Duration.ofMillis(800).toNanos();
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        long begun = System.nanoTime();
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
        long ended = System.nanoTime();

        assertThat(endpoint.deadlines).isNotEmpty().allSatisfy(deadline -> assertThat(deadline.nanos() - begun)
                .isBetween(limit, limit + ended - begun));
    }

    /** The wait for the lease took all of the request's time, but whether the caller is still there must be decided. */
    @Test
    void attestationAfterTheWaitForALeaseHasATimeOfItsOwn() throws Exception {
        endpoint.hold = Duration.ofMillis(50);

        long begun = System.nanoTime();
        assertError(endpoint.get("/v2/credentials"), Failure.CREDENTIALS_PENDING);

        Deadline[] deadlines = endpoint.deadlines.toArray(Deadline[]::new);
        assertThat(deadlines).hasSize(2);
        assertThat(deadlines[1].nanos() - begun)
                .isGreaterThanOrEqualTo(Duration.ofMillis(150).toNanos());
    }

    @Test
    void endedLeaseIsNotServed() throws Exception {
        Answer.Lease lease = lease("task", "ASIAEXAMPLE");
        leases.put("task", "default", lease);
        lease.body().destroy();

        HttpResponse<String> response = endpoint.get("/v2/credentials");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).doesNotContain("\0");
    }

    @Test
    void containerWithTooManyRequestsDelaysOnlyItselfAndThoseNestedInIt() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        CountDownLatch requests = new CountDownLatch(64);
        leases.onRequest = requests::countDown;
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 64; i++) {
            endpoint.attest(new Container(i % 2 == 0 ? "task" : "task/nested", 1));
            var ignored = client.sendAsync(
                    HttpRequest.newBuilder(endpoint.uri("/v2/credentials")).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
        requests.await();

        endpoint.attest(new Container("task/another", 1));
        assertError(endpoint.get("/v2/credentials"), Failure.TOO_MANY_WAITING);
        endpoint.attest(new Attestation.Attested(new Container("other", 1), "test"));
        leases.put("other", "default", lease("other", "ASIAOTHER"));
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
        client.shutdownNow();
    }

    @Test
    void containerOverItsRateGets429AndSoDoThoseNestedInItAndOthersDoNot() throws Exception {
        endpoint.asksPerSecond = 1;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        leases.put("other", "default", lease("other", "ASIAOTHER"));

        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
        endpoint.attest(new Container("task/nested", 1));
        HttpResponse<String> tooMuch = endpoint.get("/v2/credentials");

        assertError(tooMuch, Failure.TOO_MANY_ASKS);
        assertThat(tooMuch.headers().allValues("Retry-After")).containsExactly("1");
        endpoint.attest(new Container("other", 1));
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
    }

    @Test
    void oneConnectionServesSeveralRequests() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        String request = "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n";
        String answers = endpoint.raw(request + "\r\n" + request + "Connection: close\r\n\r\n");

        assertThat(answers.split("ASIAEXAMPLE", -1)).hasSize(3);
    }
}
