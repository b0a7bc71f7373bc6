package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.attest.Attestation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;

/** The header that requests need if the operator requires one. */
class RequiredAuthorizationTest extends EndpointFixture {
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
        assertError(endpoint.get(path, "Authorization", "basically"), Failure.AUTHORIZATION_NEEDED);
        assertThat(endpoint.get(path, "Authorization", "any value").body()).contains("ASIAEXAMPLE");
    }

    /** No limit of requests applies before the caller is known: connections that stay open would have none. */
    @Test
    void requestWithoutTheRequiredHeaderEndsItsConnection() throws Exception {
        endpoint.requireAuthorization = true;

        assertThat(endpoint.get("/v2/credentials").headers().firstValue("connection"))
                .contains("close");
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

    @Test
    void requestWithoutTheRequiredHeaderHasAnAuditLine() throws Exception {
        endpoint.requireAuthorization = true;
        try (AuditLines audit = new AuditLines()) {
            endpoint.get("/v1/credentials");

            assertThat(audit.lines()).singleElement().asString().contains(" code=AuthorizationNeeded ");
        }
    }
}
