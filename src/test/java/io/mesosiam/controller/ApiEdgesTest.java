package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid requests, as bytes: each is answered with a problem, and none causes an internal error. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class ApiEdgesTest {

    @TestHTTPResource("/")
    URI api;

    @ConfigProperty(name = "test.management")
    URI management;

    @ParameterizedTest(name = "{0} is {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            GET /api/v1/leases HTTP/1.1                        |                          | 400 | malformed-request
            GET /api/v1/leases HTTP/1.0                        |                          | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host:                    | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host: a b                | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host: [::1               | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host: localhost:x        | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host: localhost/a        | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host: u@localhost        | 400 | malformed-request
            GET /api/v1/leases HTTP/1.1                        | Host: evil.example       | 421 | wrong-host
            GET /api/v1/leases HTTP/1.1                        | Host: localhost.evil.com | 421 | wrong-host
            GET http://evil.example/api/v1/leases HTTP/1.1     | Host: localhost          | 421 | wrong-host
            GET /docs/ HTTP/1.1                                | Host: evil.example       | 421 | wrong-host
            GET /openapi HTTP/1.1                              | Host: evil.example       | 421 | wrong-host
            GET /nowhere HTTP/1.1                              | Host: evil.example       | 421 | wrong-host
            GET /%zz HTTP/1.1                                  | Host: localhost          | 400 | malformed-request
            GET /api/v1/leases?task=%zz HTTP/1.1               | Host: localhost          | 400 | malformed-request
            GET /api/v1/leases?task=% HTTP/1.1                 | Host: localhost          | 400 | malformed-request
            GET /api/v1/tasks/f/%00/explain HTTP/1.1           | Host: localhost          | 404 | not-found
            GET /api/v1/leases?a={} HTTP/1.1                   | Host: localhost          | 400 | malformed-request
            GET //evil.example/ HTTP/1.1                       | Host: localhost          | 400 | malformed-request
            PUT /api/v1/namespaces//data HTTP/1.1              | Host: localhost          | 400 | malformed-request
            PUT //api/v1/namespaces/data HTTP/1.1              | Host: localhost          | 400 | malformed-request
            GET /api//v1/namespaces/data HTTP/1.1              | Host: localhost          | 400 | malformed-request
            GET http://localhost//api/v1/policies HTTP/1.1     | Host: localhost          | 400 | malformed-request
            GET /api/v1/policies/ HTTP/1.1                     | Host: localhost          | 400 | malformed-request
            GET /api/v1/namespaces/data/ HTTP/1.1              | Host: localhost          | 400 | malformed-request
            GET /api/v1/./policies HTTP/1.1                    | Host: localhost          | 400 | malformed-request
            GET /api/v1/leases/%2e%2E/policies HTTP/1.1        | Host: localhost          | 400 | malformed-request
            GET /api/v1/leases/.. HTTP/1.1                     | Host: localhost          | 400 | malformed-request
            OPTIONS * HTTP/1.1                                 | Host: localhost          | 404 | not-found
            CONNECT localhost:1 HTTP/1.1                       | Host: localhost          | 404 | not-found
            GET /nowhere HTTP/1.1                              | Host: localhost          | 404 | not-found
            GET /api/v1/tasks/f/t/explain HTTP/1.1             | Host: localhost          | 404 | not-found
            GET /api/v1/tasks/%FF/t/explain HTTP/1.1           | Host: localhost          | 404 | not-found
            POST /api/v1/leases HTTP/1.1                       | Host: localhost          | 405 | method-not-allowed
            DELETE /api/v1/policies HTTP/1.1                   | Host: localhost          | 405 | method-not-allowed
            TRACE /api/v1/leases HTTP/1.1                      | Host: localhost          | 405 | method-not-allowed
            BREW /api/v1/leases HTTP/1.1                       | Host: localhost          | 405 | method-not-allowed
            DELETE /openapi HTTP/1.1                           | Host: localhost          | 405 | method-not-allowed
            """)
    void invalidRequestIsAnsweredWithAProblem(String line, String host, int status, String code) {
        Answer answer = ask(api, line + "\r\n" + (host == null ? "" : host + "\r\n") + "Connection: close\r\n\r\n");

        answer.isProblem(status, code);
        if (status == 405) {
            assertThat(answer.header("allow")).contains("GET");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32_800, 60_000})
    void tooLongTargetIsAnsweredWithAProblem(int length) {
        ask(api, "GET /" + "a".repeat(length) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .isProblem(414, "target-too-long");
    }

    @ParameterizedTest
    @ValueSource(ints = {33_000, 60_000})
    void tooLargeHeadersAreAnsweredWithAProblem(int length) {
        ask(
                        api,
                        "GET /api/v1/leases HTTP/1.1\r\nHost: localhost\r\nX-Big: " + "a".repeat(length)
                                + "\r\nConnection: close\r\n\r\n")
                .isProblem(431, "headers-too-large");
    }

    /** Of what connections send before their caller is known, so much stays in memory. */
    @ParameterizedTest(name = "{0} bytes: {2}")
    @CsvSource({"GET /AAA HTTP/1.1, 70_000, 414", "X-Big: AAA, 70_000, 431"})
    void lineAndHeadersBeyond64KibAreNotRead(String line, String length, int status) {
        String text = line.replace("AAA", "a".repeat(Integer.parseInt(length.replace("_", ""))));
        String request = text.startsWith("GET ") ? text : "GET /api/v1/leases HTTP/1.1\r\n" + text;

        assertThat(ask(api, request + "\r\nHost: localhost\r\n\r\n").status()).isEqualTo(status);
    }

    @Test
    void requestsThatAreSentTogetherAreNotKept() {
        for (URI port : List.of(api, management)) {
            String request = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n";

            // none is answered if the second one is read before the first is
            assertThat(raw(port, request.repeat(1000)).text().split("HTTP/1.1 ", -1))
                    .as(port.toString())
                    .hasSizeLessThan(4);
        }
    }

    /** A client that prefers HTTP/2, as the JDK's does, offers to upgrade to it. */
    @Test
    void managementPortSpeaksNoHttp2() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<Void> answer = client.send(
                        HttpRequest.newBuilder(management.resolve("/health/live"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding());

                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            }
        }
        // no frame
        assertThat(exchange(management, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).startsWith("HTTP/2.0 501 ");
    }

    /** Each takes far more memory than its bytes, before a caller is known. */
    @Test
    void requestsHaveNoMoreThan128Headers() {
        for (URI port : List.of(api, management)) {
            String request = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";

            assertThat(raw(port, request + "a:\r\n".repeat(120) + "\r\n").status())
                    .isEqualTo(404);
            assertThat(raw(port, request + "a:\r\n".repeat(1500) + "\r\n").status())
                    .isEqualTo(431);
        }
    }

    @Test
    void oneSourceHasNoMoreThan64ConnectionsOfTheManagementPort() throws IOException {
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 64; i++) {
                open.add(new Socket(management.getHost(), management.getPort()));
            }
            try (Socket oneMore = new Socket(management.getHost(), management.getPort())) {
                oneMore.setSoTimeout(TimeLimit.millis(10_000));

                assertThat(oneMore.getInputStream().read()).isNegative();
            }
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5", "Content-Length: 1000000", "Transfer-Encoding: chunked"})
    void managementPortReadsNoBodies(String length) {
        ask(management, "POST /metrics HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n\r\n")
                .isProblem(413, "body-too-large");
    }

    /** As {@code -H "If-Match: $TAG"} sends it without a tag. */
    @ParameterizedTest
    @ValueSource(strings = {"If-Match:", "if-match: ", "If-None-Match:"})
    void emptyConditionIsNotTakenForAbsent(String condition) {
        ask(
                        api,
                        "DELETE /api/v1/namespaces/data/policies/web HTTP/1.1\r\nHost: localhost\r\n" + condition
                                + "\r\nConnection: close\r\n\r\n")
                .isProblem(400, "malformed-request");
    }

    /** Another server before this one could take what follows for the body, and this one for a request. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "gzip, chunked", "chunked\r\nTransfer-Encoding: x"})
    void requestWithAnUnknownEndEndsTheConnection(String encoding) {
        ask(api, "POST /api/v1/leases HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: " + encoding + "\r\n\r\n")
                .isProblem(400, "malformed-request");
    }

    @Test
    void valueThatIsNestedTooDeeplyIsAnsweredWithAProblem() {
        given().contentType("application/json")
                .queryParam("reason", "test")
                .body("{\"tags\":" + "{\"a\":".repeat(900) + "1" + "}".repeat(901))
                .put("/api/v1/namespaces/-/policies/deep")
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed-request"));
    }

    @Test
    void atMost1000FaultsAreListed() {
        given().contentType("application/json")
                .queryParam("reason", "test")
                .body(IntStream.range(0, 5000).mapToObj(i -> "\"f" + i + "\":0").collect(joining(",", "{", "}")))
                .put("/api/v1/namespaces/-/policies/wide")
                .then()
                .statusCode(422)
                .body("errors.size()", equalTo(1000));
    }

    @Test
    void tooLargeBodyIsAnsweredWithAProblem() {
        ask(api, "POST /api/v1/leases HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
                .isProblem(413, "body-too-large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "foo", "*/", ";;;", "application/json;q=x", "image/*"})
    void unsatisfiableAcceptHeaderIsNoInternalError(String accept) {
        Answer answer = ask(
                api,
                "GET /api/v1/leases HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept
                        + "\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).isIn(200, 400, 406);
        if (answer.status() != 200) {
            assertThat(answer.header("content-type")).startsWith("application/problem+json");
        }
    }

    @Test
    void healthAndMetricsAreNotOnTheApiPort() {
        for (String path : List.of("/health/ready", "/health", "/metrics")) {
            ask(api, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .isProblem(404, "not-found");
        }
    }

    @Test
    void managementPortOnLoopbackAnswersOnlyToLoopbackNames() {
        for (String path : List.of("/health/ready", "/metrics", "/nowhere")) {
            ask(management, "GET " + path + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                    .isProblem(421, "wrong-host");
        }
        ask(management, "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .isProblem(404, "not-found");
        ask(management, "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .isProblem(400, "malformed-request");
        assertThat(ask(management, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest(name = "{0} names {1}")
    @CsvSource({
        "/api/v1/leases?frameworkId=f, frameworkId",
        "/api/v1/leases?Task=t, Task",
        "/api/v1/policies?state=active, state",
        "/api/v1/tasks/f/t/explain?limit=1, limit",
        "/api/v1/tasks/explain?cursor=x, cursor",
        "/api/v1/leases?limit=1&limit=2, limit",
        "/api/v1/leases?state=dead, state",
        "/api/v1/leases?state=Active, state",
        "/api/v1/leases?state=, state",
        "/api/v1/leases?framework=, framework",
        "/api/v1/leases?cursor=a.b, cursor",
        "/api/v1/policies?cursor=, cursor",
        "/api/v1/policies?limit=-1, limit",
        "/api/v1/policies?limit=99999999999, limit",
        "/api/v1/policies?limit=1.5, limit",
        "/api/v1/tasks/explain?limit=0, limit",
        "/api/v1/tasks/explain?host=, host",
    })
    void unknownOrUnreadableParameterIsNamed(String target, String field) {
        given().urlEncodingEnabled(false)
                .get(target)
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("code", equalTo("invalid-parameter"))
                .body("errors.field", contains(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"leases?cursor=abc", "leases?cursor=_w", "policies?cursor=MQ", "tokens?cursor=MQ"})
    void cursorOfNoPageIsNotFound(String list) {
        given().get("/api/v1/" + list).then().statusCode(404).body("code", equalTo("not-found"));
    }

    /** The seed is fixed, so every run sends the same requests. */
    @Test
    void noRandomRequestCausesAnInternalError() {
        Random random = new Random(8);
        List<String> paths =
                List.of("/api/v1/leases", "/api/v1/policies", "/api/v1/tasks/f/t/explain", "/docs", "/openapi", "/");
        for (int i = 0; i < 400; i++) {
            StringBuilder junk = new StringBuilder();
            for (int j = random.nextInt(12); j > 0; j--) {
                junk.append((char) (33 + random.nextInt(222)));
            }
            String target = paths.get(random.nextInt(paths.size())) + (random.nextBoolean() ? "?" : "/") + junk;
            Answer answer = ask(api, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

            assertThat(answer.status()).as(target).isLessThan(500);
            if (answer.status() >= 400) {
                assertThat(answer.header("content-type")).as(target).startsWith("application/problem+json");
            }
        }
    }

    private static Answer ask(URI port, String request) {
        return raw(
                port, request.replaceFirst("\r\nHost: ", "\r\nAuthorization: Bearer " + SignedIn.TOKEN + "\r\nHost: "));
    }

    private static Answer raw(URI port, String request) {
        return new Answer(exchange(port, request));
    }

    private static String exchange(URI port, String request) {
        try (Socket socket = new Socket(port.getHost(), port.getPort())) {
            socket.setSoTimeout(TimeLimit.millis(20_000));
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(request.lines().findFirst().orElse(""), e);
        }
    }

    /** The response until the end of the connection. */
    private record Answer(String text) {
        int status() {
            assertThat(text).startsWith("HTTP/1.");
            return Integer.parseInt(text.split(" ", 3)[1].substring(0, 3));
        }

        String header(String name) {
            return text.lines()
                    .takeWhile(line -> !line.isEmpty())
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        void isProblem(int status, String code) {
            assertThat(status()).as(text).isEqualTo(status);
            assertThat(header("content-type")).startsWith("application/problem+json");
            JsonObject problem = new JsonObject(text.substring(text.indexOf("{")));
            assertThat(problem.getString("code")).isEqualTo(code);
            assertThat(problem.getInteger("status")).isEqualTo(status);
            assertThat(problem.getString("requestId")).isEqualTo(header("x-request-id"));
        }
    }
}
