package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every operation of openapi.yaml as the controller serves it, as every role, without a credential, and with credentials that are not valid. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class RoleMatrixTest {
    private static final List<String> ROLES =
            List.of("viewer", "operator", "namespace-admin", "spawner", "admin", "auditor");
    private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

    @TestHTTPResource("/")
    URI api;

    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    /** An operation and the roles that the document gives it. */
    private record Operation(String method, String path, Optional<List<String>> roles, String mediaType) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @Test
    void everyOperationSaysWhoMayCallIt() {
        assertThat(operations()).isNotEmpty().allSatisfy(operation -> assertThat(operation.roles())
                .as("x-roles of " + operation)
                .hasValueSatisfying(roles -> assertThat(roles).isNotEmpty().isSubsetOf(ROLES)));
    }

    @Test
    void operationAnswersTheRolesOfTheDocumentAndNoOther() throws Exception {
        for (Operation operation : operations()) {
            for (String role : ROLES) {
                int status = send(operation, Optional.of("Bearer " + SignedIn.token(role)))
                        .statusCode();

                if (operation.roles().orElse(List.of()).contains(role)) {
                    assertThat(status).as(operation + " as " + role).isNotIn(401, 403, 500);
                } else {
                    assertThat(status).as(operation + " as " + role).isEqualTo(403);
                }
            }
        }
    }

    @Test
    void operationNeedsAValidCredential() throws Exception {
        List<Optional<String>> credentials = List.of(
                Optional.empty(),
                Optional.of("Bearer " + SignedIn.token("expired")),
                Optional.of("Bearer " + SignedIn.token("revoked")),
                Optional.of("Bearer " + SignedIn.token("unknown")),
                Optional.of("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."),
                Optional.of("Basic YWRtaW46YWRtaW4="));
        for (Operation operation : operations()) {
            for (Optional<String> credential : credentials) {
                HttpResponse<String> answer = send(operation, credential);

                assertThat(answer.statusCode()).as(operation + " " + credential).isIn(401, 429);
                assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                        .startsWith("Bearer realm=\"mesos-iam\"");
                assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                        .startsWith("application/problem+json");
                assertThat(answer.body()).contains("requestId").doesNotContain("mia_");
            }
        }
    }

    private List<Operation> operations() {
        JsonObject paths = new JsonObject(given().queryParam("format", "JSON")
                        .get("/openapi")
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString())
                .getJsonObject("paths");
        List<Operation> found = new ArrayList<>();
        for (String path : paths.fieldNames()) {
            JsonObject methods = paths.getJsonObject(path);
            methods.fieldNames().stream()
                    .filter(METHODS::contains)
                    .forEach(method -> found.add(operation(path, method, methods.getJsonObject(method))));
        }
        return found;
    }

    private static Operation operation(String path, String method, JsonObject described) {
        Optional<List<String>> roles = Optional.ofNullable(described.getJsonArray("x-roles"))
                .map(names -> names.stream().map(String::valueOf).toList());
        JsonObject content = described
                .getJsonObject("requestBody", new JsonObject())
                .getJsonObject("content", new JsonObject().put("application/json", ""));
        return new Operation(
                method.toUpperCase(Locale.ROOT),
                path,
                roles,
                content.fieldNames().iterator().next());
    }

    /** A request that finds no object and, where it has a body, is not valid: no role may change anything by it. */
    private HttpResponse<String> send(Operation operation, Optional<String> credential)
            throws IOException, InterruptedException {
        String path = operation.path().replaceAll("\\{[^}]*}", "none");
        HttpRequest.Builder request = HttpRequest.newBuilder(api.resolve(path))
                .timeout(TimeLimit.seconds(20))
                .header("Accept", "application/json, application/problem+json, text/event-stream;q=0.1")
                .method(
                        operation.method(),
                        operation.method().equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("[]"));
        if (!operation.method().equals("GET")) {
            request.header("Content-Type", operation.mediaType());
        }
        credential.ifPresent(value -> request.header("Authorization", value));
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
