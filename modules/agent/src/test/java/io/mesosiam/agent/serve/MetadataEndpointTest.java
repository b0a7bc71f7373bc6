package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.Routes.TOKEN_HEADER;
import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;

/** The endpoint as the instance metadata service. */
class MetadataEndpointTest extends MetadataFixture {
    @Test
    void roleIsListedByItsNameWithoutItsPath() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        for (String path : List.of(ROLES, ROLES.substring(0, ROLES.length() - 1))) {
            HttpResponse<String> roles = endpoint.get(path, TOKEN_HEADER, token());

            assertThat(roles.statusCode()).isEqualTo(200);
            assertThat(roles.body()).isEqualTo("reports");
            assertThat(roles.headers().allValues("Content-Type")).containsExactly("text/plain");
            assertThat(roles.headers().allValues("Cache-Control")).containsExactly("no-store");
        }
    }

    @Test
    void documentHasExactlyTheFieldsOfTheMetadataService() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        HttpResponse<String> response = endpoint.get(ROLES + "reports", TOKEN_HEADER, token());

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode json = new ObjectMapper().readTree(response.body());
        assertThat(names(json))
                .containsExactly(
                        "Code", "LastUpdated", "Type", "AccessKeyId", "SecretAccessKey", "Token", "Expiration");
        assertThat(json.get("Code").textValue()).isEqualTo("Success");
        assertThat(json.get("LastUpdated").textValue()).isEqualTo("2089-12-31T23:59:58Z");
        assertThat(json.get("Type").textValue()).isEqualTo("AWS-HMAC");
        assertThat(json.get("AccessKeyId").textValue()).isEqualTo("ASIAEXAMPLE");
        assertThat(json.get("SecretAccessKey").textValue()).isEqualTo("secret/key+");
        assertThat(json.get("Token").textValue()).isEqualTo("the/token==");
        assertThat(json.get("Expiration").textValue()).isEqualTo("2090-01-01T01:02:03Z");
    }

    @Test
    void officialSdkReadsTheCredentials() {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        try (InstanceProfileCredentialsProvider provider = InstanceProfileCredentialsProvider.builder()
                .endpoint(endpoint.uri("").toString())
                .build()) {
            assertThat(provider.resolveCredentials())
                    .isInstanceOfSatisfying(AwsSessionCredentials.class, credentials -> {
                        assertThat(credentials.accessKeyId()).isEqualTo("ASIAEXAMPLE");
                        assertThat(credentials.secretAccessKey()).isEqualTo("secret/key+");
                        assertThat(credentials.sessionToken()).isEqualTo("the/token==");
                    });
        }
    }

    @Test
    void otherRoleIsNotFound() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        for (String role : List.of("other", "Reports", "report", "teams")) {
            assertError(endpoint.get(ROLES + role, TOKEN_HEADER, token()), Failure.NO_SUCH_ROLE);
        }
    }

    @Test
    void deniedTaskIsRefusedAtOnce() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        leases.put("task", "default", new Answer.Refusal("NoPolicy", "no policy matches this task"));

        for (String path : List.of(ROLES, ROLES + "reports")) {
            HttpResponse<String> refusal = endpoint.get(path, TOKEN_HEADER, token());
            assertThat(refusal.statusCode()).isEqualTo(403);
            assertThat(refusal.body()).isEqualTo("{\"code\":\"NoPolicy\",\"message\":\"no policy matches this task\"}");
        }
    }

    @Test
    void missingLeaseIsRequestedHeldAndThen503() throws Exception {
        assertError(endpoint.get(ROLES, TOKEN_HEADER, token()), Failure.CREDENTIALS_PENDING);
        assertThat(leases.requested).containsExactly("task:default");

        endpoint.hold = Duration.ofMinutes(10);
        leases.onRequest = () -> leases.put("task", "default", lease("task", "ASIALATE"));

        assertThat(endpoint.get(ROLES + "reports", TOKEN_HEADER, token()).body())
                .contains("ASIALATE");
    }

    @Test
    void metadataRequestsAreHeldForLessTime() {
        assertThat(CredentialApi.IMDS.hold()).isEqualTo(Duration.ofMillis(400));
        assertThat(CredentialApi.ECS.hold()).isEqualTo(Duration.ofMillis(800));
        assertThat(CredentialApi.EKS.hold()).isEqualTo(Duration.ofMillis(800));
    }

    @Test
    void slashMayFollowTheRoleNameAsOnEc2() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.get(ROLES + "reports/", TOKEN_HEADER, token()).body())
                .contains("ASIAEXAMPLE");
        assertError(endpoint.get(ROLES + "other/", TOKEN_HEADER, token()), Failure.NO_SUCH_ROLE);
        assertError(endpoint.get(ROLES + "reports/"), Failure.TOKEN_NEEDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/" + ROLES + "reports", "//" + ROLES + "reports/", "/" + ROLES})
    void additionalLeadingSlashesAreIgnored(String path) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET " + path + " HTTP/1.1\r\nHost: 169.254.169.254\r\n" + TOKEN_HEADER + ": " + token()
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(endpoint.raw("GET " + path + " HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n"))
                .startsWith("HTTP/1.1 401 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/latest",
                "/latest/",
                "/latest/meta-data",
                "/latest/meta-data/",
                "/latest/meta-data/iam",
                "/latest/meta-data/iam/info",
                "/latest/meta-data/iam/security-credentials/a/b",
                "/latest/meta-data/iam/security-credentials?x",
                "/latest/meta-data/iam/security-credential%73/",
                "/latest/meta-data/placement",
                "/latest/meta-data/placement/region/",
                "/latest/meta-data/placement/../iam/info",
                "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
                "/latest/user-data",
                "/latest/dynamic",
                "/latest/dynamic/instance-identity/document/",
                "/latest/dynamic/instance-identity/pkcs7",
                "/latest/dynamic/instance-identity/rsa2048",
                "/latest/dynamic/instance-identity/signature",
                "/latest/meta-data/iam/security-credentials/reports//",
                "/2021-07-15/meta-data/iam/security-credentials/",
                "/latest/api/token/"
            })
    void otherPathsAreNotFound(String path) throws Exception {
        assertThat(endpoint.raw("GET " + path + " HTTP/1.1\r\nHost: 169.254.169.254\r\n" + TOKEN_HEADER + ": " + token()
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 404 ")
                .contains("NotFound");
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.169.254:80", "[fd00:ec2::254]", "localhost"})
    void knownHostNamesAreServed(String host) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET " + ROLES + " HTTP/1.1\r\nHost: " + host + "\r\n" + TOKEN_HEADER + ": " + token()
                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\nreports");
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
