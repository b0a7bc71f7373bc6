package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.mesosiam.fakes.TimeLimit;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API does what openapi.yaml says: the classes of differences that schemathesis has found, without it. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class DescribedApiTest {
    private static final Set<String> METHODS = Set.of("GET", "PUT", "POST", "PATCH", "DELETE");

    @TestHTTPResource("/")
    URI api;

    @Test
    void allowNamesExactlyTheMethodsOfThePath() throws Exception {
        JsonObject paths = document().getJsonObject("paths");
        assertThat(paths.fieldNames()).isNotEmpty();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String path : paths.fieldNames()) {
                Set<String> allowed = new TreeSet<>(Set.of("OPTIONS"));
                paths.getJsonObject(path).fieldNames().stream()
                        .map(method -> method.toUpperCase(Locale.ROOT))
                        .filter(METHODS::contains)
                        .forEach(allowed::add);
                if (allowed.contains("GET")) {
                    allowed.add("HEAD");
                }

                HttpResponse<String> options = send(http, "OPTIONS", path);
                assertThat(options.statusCode()).as(path).isEqualTo(200);
                assertThat(allow(options)).as(path).isEqualTo(allowed);
                for (String method : METHODS) {
                    if (!allowed.contains(method)) {
                        HttpResponse<String> refused = send(http, method, path);
                        assertThat(refused.statusCode()).as(method + " " + path).isEqualTo(405);
                        assertThat(allow(refused)).as(method + " " + path).isEqualTo(allowed);
                        assertThat(refused.body()).contains("method-not-allowed");
                    }
                }
            }
        }
    }

    /** A null that counted as absent would widen a withdrawal. */
    @ParameterizedTest
    @CsvSource({
        "/api/v1/withdrawals, policyId",
        "/api/v1/withdrawals, iamRoleArn",
        "/api/v1/withdrawals, taskId",
        "/api/v1/revocations, leaseId",
        "/api/v1/revocations, hard",
        "/api/v1/explanations, principalsEnforced",
        "/api/v1/explanations, image",
        "/api/v1/tokens, name",
        "/api/v1/attribute-trust, attribute",
        "/api/v1/policies/apply, changes"
    })
    void nullIsRefusedWhereTheSchemaHasNone(String path, String field) {
        given().contentType(ContentType.JSON)
                .queryParams(hasReason(path) ? Map.of("reason", "test") : Map.of())
                .body("{\"" + field + "\": null}")
                .post(path)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-object"))
                .body("errors.field", hasItem(field));
    }

    @Test
    void everyObjectOfARequestRefusesOtherFields() {
        JsonObject document = document();
        JsonObject schemas = document.getJsonObject("components").getJsonObject("schemas");
        bodies(document).forEach(name -> {
            JsonObject schema = schemas.getJsonObject(name);
            assertThat(schema.getValue("additionalProperties")).as(name).isEqualTo(false);
        });
    }

    /** A parameter whose text has a form of its own states it. */
    @ParameterizedTest
    @CsvSource({
        "/api/v1/withdrawals, post, reason",
        "/api/v1/withdrawals, get, cursor",
        "/api/v1/withdrawals, get, fields",
        "/api/v1/audit-events, get, from",
        "/api/v1/audit-events, get, iamRole",
        "/api/v1/who-can, get, iamRoleArn",
        "/api/v1/watch/{objects}, get, since"
    })
    void formOfAParameterIsDescribed(String path, String method, String parameter) {
        String pattern =
                document()
                        .getJsonObject("paths")
                        .getJsonObject(path)
                        .getJsonObject(method)
                        .getJsonArray("parameters")
                        .stream()
                        .map(JsonObject.class::cast)
                        .filter(described -> described.getString("name").equals(parameter))
                        .map(described -> described.getJsonObject("schema").getString("pattern"))
                        .findFirst()
                        .orElseThrow();
        assertThat(Pattern.compile(pattern)).isNotNull();
    }

    @Test
    void eventsOfAWatchAreObjects() {
        JsonObject schemas = document().getJsonObject("components").getJsonObject("schemas");
        assertThat(schemas.getJsonObject("WatchEvent")
                        .getJsonObject("properties")
                        .fieldNames())
                .containsExactlyInAnyOrder("event", "data", "id");
        assertThat(document()
                        .getJsonObject("paths")
                        .getJsonObject("/api/v1/watch/{objects}")
                        .getJsonObject("get")
                        .encode())
                .contains("\"text/event-stream\":{\"schema\":{\"$ref\":\"#/components/schemas/WatchEvent\"}}");
    }

    private static boolean hasReason(String path) {
        return !path.endsWith("/explanations") && !path.endsWith("/tokens");
    }

    private static Stream<String> bodies(JsonObject document) {
        JsonObject paths = document.getJsonObject("paths");
        return paths.fieldNames().stream()
                .map(paths::getJsonObject)
                .flatMap(path -> path.fieldNames().stream()
                        .filter(method -> METHODS.contains(method.toUpperCase(Locale.ROOT)))
                        .map(path::getJsonObject))
                .filter(operation -> operation.containsKey("requestBody"))
                .flatMap(operation -> {
                    JsonObject content = operation.getJsonObject("requestBody").getJsonObject("content");
                    return content.fieldNames().stream().map(type -> content.getJsonObject(type)
                            .getJsonObject("schema")
                            .getString("$ref"));
                })
                .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
                .distinct();
    }

    private static JsonObject document() {
        return new JsonObject(given().queryParam("format", "JSON")
                .get("/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    private HttpResponse<String> send(HttpClient http, String method, String path) throws Exception {
        return http.send(
                HttpRequest.newBuilder(api.resolve(path.replaceAll("\\{[^}]*}", "none")))
                        .timeout(TimeLimit.seconds(20))
                        .header("Authorization", "Bearer " + SignedIn.TOKEN)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private static Set<String> allow(HttpResponse<String> answer) {
        List<String> values = answer.headers().allValues("Allow");
        return new TreeSet<>(Arrays.asList(String.join(", ", values).split(", *", -1)));
    }
}
