package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused for their form, before their caller is attested. */
class RefusedRequestsTest extends EndpointFixture {
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
            endpoint.raw("DEL!x /v2/credentials" + host + "\r\n");
            endpoint.raw("GET /v2/credentials" + host + "Content-Length: 1\r\n\r\nx");
            endpoint.raw("PUT /latest/api/token" + host + "\r\n");
            endpoint.raw("GET /v2/credentials HTTP/1.9\r\nHost: localhost\r\n\r\n");

            assertThat(audit.lines())
                    .allMatch(line -> line.startsWith("request refused remoteAddress=/127.0.0.1:"))
                    .allMatch(line -> line.matches(".* tookMs=[0-9]+"))
                    .map(line -> line.replaceAll(".* method=", "").replaceAll(" tookMs=.*", ""))
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

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/1.2", "HTTP/9.9"})
    void otherProtocolIsNotServed(String protocol) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET /v2/credentials " + protocol + "\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 505 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1x", "http", "ICY/1.0", "HTTP/1.1 HTTP/1.1"})
    void lineThatIsNoRequestIsAnswered400(String protocol) throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.raw("GET /v2/credentials " + protocol + "\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
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

    private static String manyHeaders() {
        StringBuilder headers = new StringBuilder();
        for (int i = 0; i < 100; i++) {
            headers.append("X-").append(i).append(": y\r\n");
        }
        return headers.toString();
    }
}
