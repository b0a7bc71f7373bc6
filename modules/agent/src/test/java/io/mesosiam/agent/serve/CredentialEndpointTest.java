package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.ROLE;
import static io.mesosiam.agent.serve.TestEndpoint.TASK;
import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;

class CredentialEndpointTest {
    private final TestEndpoint endpoint = new TestEndpoint();
    private final TestEndpoint.Leases leases = endpoint.leases;

    @AfterEach
    void stop() {
        endpoint.close();
    }

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

    @ParameterizedTest
    @ValueSource(strings = {"", "a line from a file", "Bearer abc"})
    void authorizationTokenIsIgnored(String token) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.get("/v1/credentials", "Authorization", token).body())
                .contains("ASIAEXAMPLE");
        endpoint.attest(new Attestation.NoContainer("group /system.slice"));
        assertError(endpoint.get("/v1/credentials", "Authorization", token), Failure.UNKNOWN_CALLER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/v2/credentials", "/v2/credentials/default", "/v2/credentials?id=default", "/v1/credentials"})
    void requiredAuthorizationHeaderIsChecked(String path) throws Exception {
        endpoint.requireAuthorization = true;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertError(endpoint.get(path), Failure.AUTHORIZATION_NEEDED);
        assertError(endpoint.get(path, "Authorization", " "), Failure.AUTHORIZATION_NEEDED);
        assertError(endpoint.get(path, "Authorization", "a", "Authorization", "b"), Failure.AUTHORIZATION_NEEDED);
        // what HTTP clients send for http://user:password@host/
        assertError(endpoint.get(path, "Authorization", "Basic YTpi"), Failure.AUTHORIZATION_NEEDED);
        assertError(endpoint.get(path, "Authorization", "bAsIc YTpi"), Failure.AUTHORIZATION_NEEDED);
        assertThat(endpoint.get(path, "Authorization", "any value").body()).contains("ASIAEXAMPLE");
    }

    @Test
    void requiredHeaderDoesNotReplaceAttestation() throws Exception {
        endpoint.requireAuthorization = true;
        endpoint.attest(new Attestation.NoContainer("group /system.slice"));

        assertError(endpoint.get("/v2/credentials", "Authorization", "any value"), Failure.UNKNOWN_CALLER);
    }

    @Test
    void metadataServiceNeedsItsTokenButNoAuthorizationHeader() throws Exception {
        endpoint.requireAuthorization = true;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        String roles = "/latest/meta-data/iam/security-credentials/";

        String token = endpoint.put("/latest/api/token", Routes.TOKEN_LIFE_HEADER, "60")
                .body();

        assertThat(endpoint.get(roles + "reports", Routes.TOKEN_HEADER, token).body())
                .contains("ASIAEXAMPLE");
        assertError(endpoint.get(roles + "reports", "Authorization", "any value"), Failure.TOKEN_NEEDED);
    }

    @Test
    void officialSdkSendsTheRequiredHeader(@TempDir Path directory) throws Exception {
        endpoint.requireAuthorization = true;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        Path file = Files.writeString(directory.resolve("token"), "any line");

        assertThat(sdkReads(Map.of(SdkSystemSetting.AWS_CONTAINER_AUTHORIZATION_TOKEN, "any value")))
                .isEqualTo("ASIAEXAMPLE");
        assertThat(sdkReads(Map.of(SdkSystemSetting.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, file.toString())))
                .isEqualTo("ASIAEXAMPLE");
        assertThatThrownBy(() -> sdkReads(Map.of())).hasStackTraceContaining(Failure.AUTHORIZATION_NEEDED.message());
    }

    private String sdkReads(Map<SdkSystemSetting, String> settings) {
        Map<SdkSystemSetting, String> all = new HashMap<>(settings);
        all.put(
                SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI,
                endpoint.uri("/v2/credentials").toString());
        all.forEach((setting, value) -> System.setProperty(setting.property(), value));
        try (ContainerCredentialsProvider provider = ContainerCredentialsProvider.create()) {
            return provider.resolveCredentials().accessKeyId();
        } finally {
            all.keySet().forEach(setting -> System.clearProperty(setting.property()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.170.2, //v2/credentials",
        "169.254.170.2, ///v2/credentials/default",
        "169.254.170.2, //v2/credentials?id=default",
        "169.254.170.23, //v1/credentials",
    })
    void additionalLeadingSlashesAreIgnored(String host, String path) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("ASIAEXAMPLE");
    }

    @Test
    void refusedRequestHasAnAuditLine() throws Exception {
        try (AuditLines audit = new AuditLines()) {
            String host = " HTTP/1.1\r\nHost: localhost\r\n";
            endpoint.raw("GET /nothing%0Ahere?secret=1" + host + "\r\n");
            endpoint.raw("GET //evil.example/v2/credentials" + host + "\r\n");
            endpoint.raw("GET /v2/credentials HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
            endpoint.raw("GET /v2/credentials" + host + "Via: 1.1 proxy\r\n\r\n");
            endpoint.raw("DEL=x /v2/credentials" + host + "\r\n");
            endpoint.raw("GET /v2/credentials" + host + "Content-Length: 1\r\n\r\nx");
            endpoint.raw("PUT /latest/api/token" + host + "\r\n");
            endpoint.raw("GET /v2/credentials HTTP/1.9\r\nHost: localhost\r\n\r\n");

            assertThat(audit.lines())
                    .allMatch(line -> line.startsWith("request refused remoteAddress=/127.0.0.1:"))
                    .map(line -> line.replaceAll(".* method=", ""))
                    .containsExactly(
                            "GET path=/nothing%0Ahere code=NotFound",
                            "GET path=//evil.example/v2/credentials code=WrongHost",
                            "GET path=/v2/credentials code=WrongHost",
                            "GET path=/v2/credentials code=Forwarded",
                            "DEL_x path=/v2/credentials code=MethodNotAllowed",
                            "GET path=/v2/credentials code=BodyNotAllowed",
                            "PUT path=/latest/api/token code=BadTokenTtl",
                            "GET path=/v2/credentials code=VersionNotSupported");
        }
    }

    @Test
    void requestWithoutTheRequiredHeaderHasAnAuditLine() throws Exception {
        endpoint.requireAuthorization = true;
        try (AuditLines audit = new AuditLines()) {
            endpoint.get("/v1/credentials");

            assertThat(audit.lines()).singleElement().asString().endsWith(" code=AuthorizationNeeded");
        }
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
    void endedLeaseIsNotServed() throws Exception {
        Answer.Lease lease = lease("task", "ASIAEXAMPLE");
        leases.put("task", "default", lease);
        lease.body().destroy();

        HttpResponse<String> response = endpoint.get("/v2/credentials");

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body()).doesNotContain("\0");
    }

    @Test
    void containerWithTooManyRequestsDelaysOnlyItself() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        CountDownLatch requests = new CountDownLatch(32);
        leases.onRequest = requests::countDown;
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 32; i++) {
            var ignored = client.sendAsync(
                    HttpRequest.newBuilder(endpoint.uri("/v2/credentials")).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
        requests.await();

        assertError(endpoint.get("/v2/credentials"), Failure.TOO_MANY_WAITING);
        endpoint.attest(new Attestation.Attested(new Container("other", 1), "test"));
        leases.put("other", "default", lease("other", "ASIAOTHER"));
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
        client.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v2",
                "/v2/credentials/",
                "/v2/credentials/UPPER",
                "/v2/credentials/a/b",
                "/v2/credentials?id=",
                "/v2/credentials?id=UPPER",
                "/v2/credentials?id=a&id=b",
                "/v2/credentials?other=a",
                "/v2/credentials/a?id=b",
                "/v2/credentials/a%2Db",
                "/v2//credentials",
                "/v1/credentials/a",
                "/v1/credentials?id=a"
            })
    void unknownPathIs404(String path) throws Exception {
        assertError(endpoint.get(path), Failure.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void otherMethodIs405(String method) throws Exception {
        HttpResponse<String> response = endpoint.send(HttpRequest.newBuilder(endpoint.uri("/v2/credentials"))
                .method(method, HttpRequest.BodyPublishers.noBody()));

        assertError(response, Failure.METHOD_NOT_ALLOWED);
        assertThat(response.headers().allValues("Allow")).containsExactly("GET");
    }

    @Test
    void headIs405WithoutABody() throws Exception {
        assertThat(endpoint.raw("HEAD /v2/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "LOCALHOST:80", "127.0.0.1:1234", "169.254.170.2", "169.254.170.2:80", "[::1]:51679"
            })
    void knownHostNamesAreServed(String host) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET /v2/credentials HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("ASIAEXAMPLE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2/credentials HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost: localhost.example\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost: localhost:80:80\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost:\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\n\r\n",
                "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET http://localhost/v2/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET //localhost/v2/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n",
            })
    void otherHostNamesAreRefused(String request) throws Exception {
        assertThat(endpoint.raw(request)).startsWith("HTTP/1.1 403 ").contains("\"code\":\"WrongHost\"");
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.170.2, /v1/credentials",
        "169.254.170.23, /v2/credentials",
        "[fd00:ec2::23], /v2/credentials",
        "169.254.169.254, /v2/credentials",
        "169.254.169.254, /v1/credentials",
        "[fd00:ec2::254], /v2/credentials",
        "169.254.170.2, /latest/meta-data/iam/security-credentials/",
        "169.254.170.23, /latest/meta-data/iam/security-credentials/"
    })
    void pathsAreServedOnlyUnderTheirServicesAddress(String host, String path) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.170.23", "[fd00:ec2::23]", "[FD00:EC2::23]:80"})
    void eksIsServedUnderItsOwnAddresses(String host) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET /v1/credentials HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .contains("ASIAEXAMPLE");
    }

    @Test
    void containerOverItsRateGets429AndOthersDoNot() throws Exception {
        endpoint.asksPerSecond = 1;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        leases.put("other", "default", lease("other", "ASIAOTHER"));

        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
        HttpResponse<String> tooMuch = endpoint.get("/v2/credentials");

        assertError(tooMuch, Failure.TOO_MANY_ASKS);
        assertThat(tooMuch.headers().allValues("Retry-After")).containsExactly("1");
        endpoint.attest(new Container("other", 1));
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/1.2", "HTTP/1.1x", "ICY/1.0", "http"})
    void otherProtocolIsNotServed(String protocol) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET /v2/credentials " + protocol + "\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 505 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X-Forwarded-For: 10.0.0.1", "x-forwarded-host: a", "Forwarded: for=10.0.0.1", "Via: 1.1 proxy"})
    void forwardedRequestIsRefused(String header) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n"))
                .startsWith("HTTP/1.1 403 ")
                .contains("\"code\":\"Forwarded\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"})
    void requestWithABodyIsRefused(String rest) throws Exception {
        assertThat(endpoint.raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n" + rest))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"code\":\"BodyNotAllowed\"");
    }

    @Test
    void hugeHeadersCloseTheConnection() throws Exception {
        assertThat(endpoint.raw(
                        "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .doesNotContain("HTTP/1.1 200");
        assertThat(endpoint.raw("GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n" + manyHeaders() + "\r\n"))
                .doesNotContain("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET\r\n\r\n", "GET /v2/credentials\r\n\r\n", "\0\1\2\r\n\r\n", "GET ::: HTTP/1.1\r\n\r\n"})
    void malformedRequestGetsNoCredentials(String garbage) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw(garbage)).doesNotContain("ASIAEXAMPLE");
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);
    }

    @Test
    void oneConnectionServesSeveralRequests() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        String request = "GET /v2/credentials HTTP/1.1\r\nHost: localhost\r\n";
        String answers = endpoint.raw(request + "\r\n" + request + "Connection: close\r\n\r\n");

        assertThat(answers.split("ASIAEXAMPLE", -1)).hasSize(3);
    }

    private static String manyHeaders() {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            headers.append("X-").append(i).append(": y\r\n");
        }
        return headers.toString();
    }

    private static void assertError(HttpResponse<String> response, Failure failure) throws Exception {
        assertError(response, failure.status(), failure.code(), failure.message());
    }

    private static void assertError(HttpResponse<String> response, int status, String code, String message)
            throws Exception {
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode json = new ObjectMapper().readTree(response.body());
        assertThat(json.size()).isEqualTo(2);
        assertThat(List.of(json.get("code").textValue(), json.get("message").textValue()))
                .containsExactly(code, message);
    }
}
