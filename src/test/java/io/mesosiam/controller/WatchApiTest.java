package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.in;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes are sent as they happen, to callers that may see them, until their sign-in ends. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class WatchApiTest {
    private static final String ALLOW = """
            {"effect": "allow", "frameworkPrincipal": "svc-x", "iamRoleArn": "arn:aws:iam::123456789012:role/x"}""";

    @TestHTTPResource("/api/v1/watch/")
    URI watch;

    @ConfigProperty(name = "test.framework")
    String framework;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable stream : open) {
            stream.close();
        }
        http.shutdownNow();
    }

    /** One event; the id is empty if it has none. */
    private record Event(String id, String type, JsonObject data) {}

    private final class Stream implements AutoCloseable {
        private final HttpResponse<java.io.InputStream> response;
        private final BufferedReader lines;

        Stream(String objects, String token, Optional<String> lastEventId) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(watch.resolve(bounded(objects)))
                    .timeout(TimeLimit.seconds(20))
                    .header("Authorization", "Bearer " + token);
            lastEventId.ifPresent(id -> request.header("Last-Event-ID", id));
            response = http.send(request.build(), BodyHandlers.ofInputStream());
            lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            open.add(this);
        }

        Event next() throws IOException {
            String id = "";
            String type = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    return new Event(id, type, new JsonObject(line.substring(6)));
                }
            }
            return new Event("", "closed", new JsonObject());
        }

        /** The next event of that policy. */
        Event of(String name) throws IOException {
            Event event = next();
            while (!event.type().equals("closed") && !name.equals(event.data().getString("name"))) {
                event = next();
            }
            return event;
        }

        Event synced() throws IOException {
            Event event = next();
            while (!event.type().equals("synced") && !event.type().equals("closed")) {
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }

    /** The stream ends, so that a test that waits for an event fails if there is none. */
    private static String bounded(String objects) {
        return objects.contains("timeoutSeconds")
                ? objects
                : objects + "?timeoutSeconds=" + TimeLimit.seconds(20).toSeconds();
    }

    private Stream stream(String objects) throws Exception {
        return new Stream(objects, SignedIn.TOKEN, Optional.empty());
    }

    @Test
    void policiesAreSentAndThenTheirChangesAndAStreamCanBeResumed() throws Exception {
        put("watched-before", ALLOW);
        assertThat(stream("policies").of("watched-before").type()).isEqualTo("added");
        Stream stream = stream("policies");
        assertThat(stream.response.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/event-stream");
        assertThat(stream.next().type()).isEqualTo("reset");
        Event before = stream.of("watched-before");
        assertThat(before.type()).isEqualTo("added");
        assertThat(before.id()).as("no resuming within the state").isEmpty();
        assertThat(stream.synced().id()).matches("[0-9a-f]{8}\\.[0-9]+");

        put("watched", ALLOW);
        Event added = stream.of("watched");
        put("watched", ALLOW.replace("svc-x", "svc-y"));
        Event changed = stream.of("watched");
        given().queryParam("reason", "test").delete(path("watched")).then().statusCode(204);
        Event removed = stream.of("watched");

        assertThat(List.of(added.type(), changed.type(), removed.type()))
                .containsExactly("added", "changed", "removed");
        Stream resumed = new Stream("policies", SignedIn.TOKEN, Optional.of(added.id()));
        assertThat(resumed.of("watched")).isEqualTo(changed);
        assertThat(resumed.of("watched")).isEqualTo(removed);
    }

    @Test
    void versionOfAnotherRunIsAnsweredWithTheWholeState() throws Exception {
        Stream stream = new Stream("policies", SignedIn.TOKEN, Optional.of("00000000.1"));

        assertThat(stream.next().type()).isEqualTo("reset");
        given().get("/api/v1/watch/policies?since=1").then().statusCode(400).body("errors[0].field", equalTo("since"));
        given().get("/api/v1/watch/tasks").then().statusCode(400).body("errors[0].field", equalTo("objects"));
    }

    @Test
    void leasesAndAgentsAreSent() throws Exception {
        Stream leases = stream("leases");
        assertThat(leases.next().type()).isEqualTo("reset");
        Event lease = leases.next();
        while (lease.type().equals("added") && !"held".equals(lease.data().getString("credentialName"))) {
            lease = leases.next();
        }
        assertThat(lease.data().getString("frameworkId")).isEqualTo(framework);
        Stream agents = stream("agents");
        assertThat(agents.next().type()).isEqualTo("reset");
        Event host = agents.next();
        while (host.type().equals("added")
                && !"host1.mesos.test".equals(host.data().getString("hostname"))) {
            host = agents.next();
        }
        assertThat(host.data().getString("hostname")).isEqualTo("host1.mesos.test");
        assertThat(host.data().getBoolean("connected")).isFalse();
    }

    @Test
    void callerOfANamespaceSeesItsPoliciesAndNoLeases() throws Exception {
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body("{}")
                .put("/api/v1/namespaces/elsewhere")
                .then()
                .statusCode(in(List.of(200, 201)));
        String token = create("viewer:/elsewhere").token();

        Stream policies = new Stream("policies", token, Optional.empty());
        assertThat(policies.next().type()).isEqualTo("reset");
        Event synced = policies.next();
        assertThat(synced.type()).isEqualTo("synced");
        assertThat(synced.data().getInteger("objects")).isZero();
        given(token).get("/api/v1/watch/leases").then().statusCode(403);
        given(token).get("/api/v1/watch/agents").then().statusCode(403);
    }

    @Test
    void streamEndsWhenTheTokenIsRevoked() throws Exception {
        Token token = create("viewer");
        Stream stream = new Stream("policies", token.token(), Optional.empty());
        assertThat(stream.synced().type()).isEqualTo("synced");

        given().delete("/api/v1/tokens/" + token.id()).then().statusCode(200);

        Event end = stream.next();
        while (!end.type().equals("end") && !end.type().equals("closed")) {
            end = stream.next();
        }
        assertThat(end.data().getString("code")).isEqualTo("signed-out");
        assertThat(stream.next().type()).isEqualTo("closed");
    }

    @Test
    void streamEndsAfterTheTimeThatTheRequestAskedFor() throws Exception {
        Stream stream = stream("agents?timeoutSeconds=1");
        Event event = stream.next();
        while (!event.type().equals("end") && !event.type().equals("closed")) {
            event = stream.next();
        }
        assertThat(event.data().getString("code")).isEqualTo("timeout");
    }

    @Test
    void streamsOfOneCallerAreBoundedAndAClosedOneMakesRoom() throws Exception {
        Token token = create("viewer");
        List<Stream> own = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            own.add(new Stream("agents", token.token(), Optional.empty()));
            assertThat(own.getLast().response.statusCode()).isEqualTo(200);
        }

        given(token.token())
                .get("/api/v1/watch/agents")
                .then()
                .statusCode(429)
                .body("code", equalTo("too-many-streams"));
        assertThat(stream("agents").response.statusCode()).as("another caller").isEqualTo(200);

        given(token.token()).head("/api/v1/watch/policies?timeoutSeconds=1");
        own.getFirst().close();
        org.awaitility.Awaitility.await()
                .atMost(TimeLimit.seconds(40))
                .until(() -> given(token.token())
                                .get("/api/v1/watch/agents?timeoutSeconds=1")
                                .statusCode()
                        == 200);
    }

    private record Token(String id, String token) {}

    private static Token create(String role) {
        var created = given().contentType(ContentType.JSON)
                .body("{\"name\": \"t%s\", \"roles\": [\"%s\"], \"expiresAt\": \"%s\"}"
                        .formatted(UUID.randomUUID(), role, Instant.now().plus(Duration.ofHours(1))))
                .post("/api/v1/tokens")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
        return new Token(created.getString("tokenId"), created.getString("token"));
    }

    private static void put(String name, String document) {
        assertThat(given().contentType(ContentType.JSON)
                        .queryParam("reason", "test")
                        .body(document)
                        .put(path(name))
                        .statusCode())
                .isIn(200, 201);
    }

    private static String path(String name) {
        return "/api/v1/namespaces/-/policies/" + name;
    }
}
