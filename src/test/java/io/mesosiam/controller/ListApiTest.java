package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every list of the API has the same parameters, with the same meaning. */
@QuarkusTest
@WithTestResource(AdministeredCluster.class)
class ListApiTest {
    private static final String FIELDS = "'size' is unknown: there are ";
    private static boolean filled;

    /** The lists, and the field of an item's id. */
    static Stream<Arguments> lists() {
        return Stream.of(
                arguments("/api/v1/leases", "leaseId"),
                arguments("/api/v1/tasks", "launchId"),
                arguments("/api/v1/agents", "mesosAgentId"),
                arguments("/api/v1/policies", "policyId"),
                arguments("/api/v1/tokens", "tokenId"),
                arguments("/api/v1/namespaces", "namespaceId"),
                arguments("/api/v1/namespaces/-/policies", "policyId"),
                arguments("/api/v1/namespaces/-/grants", "grantId"),
                arguments("/api/v1/attribute-trust", "id"),
                arguments("/api/v1/withdrawals", "id"),
                arguments("/api/v1/revocations", "revoked.id"));
    }

    @BeforeEach
    void objectsOfEachKindExist() {
        if (filled) {
            return;
        }
        filled = true;
        for (int i = 0; i < 5; i++) {
            post("policies/apply", """
                    {"changes": [
                      {"action": "put", "kind": "namespace", "namespace": "/list-%1$d", "content": {"sensitiveOnly": %2$s}},
                      {"action": "put", "namespace": "/", "name": "list-%1$d", "content": {"effect": "deny", "taskName": "none-%1$d",
                       "priority": %1$d, "description": "list"}}]}""".formatted(i, i % 2 == 0), 200);
            post("namespaces/-/grants", """
                    {"iamRoleArn": "arn:aws:iam::123456789012:role/list", "frameworkPrincipal": "list-%1$d", "taskId": "t", "expiresInSeconds": 3600}""".formatted(i), 201);
            post("withdrawals", "{\"frameworkId\": \"list\", \"taskId\": \"t-%d\"}".formatted(i), 201);
            post(
                    "attribute-trust",
                    "{\"frameworkPrincipal\": \"list-%d\", \"attribute\": \"image\"}".formatted(i),
                    201);
            given().contentType(ContentType.JSON)
                    .body("{\"name\": \"list-%d\", \"roles\": [\"viewer\"], \"expiresAt\": \"%s\"}"
                            .formatted(i, Instant.now().plus(1, ChronoUnit.DAYS)))
                    .post("/api/v1/tokens")
                    .then()
                    .statusCode(201);
        }
    }

    private static void post(String path, String body, int status) {
        given().contentType(ContentType.JSON)
                .queryParam("reason", "test")
                .body(body)
                .post("/api/v1/" + path)
                .then()
                .statusCode(status);
    }

    /** The directions alternate from field to field: each list is read in both, and by each field in one. */
    @ParameterizedTest
    @MethodSource("lists")
    void pagesInTheOrderOfEachFieldAreTheWholeList(String path, String id) {
        int count = get(path, Map.of("limit", "1000")).getList("items").size();
        String limit = String.valueOf(Math.max(2, count / 2));
        boolean descending = false;
        for (String field : sortedBy(path)) {
            String order = descending ? "-" + field : field;
            descending = !descending;
            List<String> whole =
                    get(path, Map.of("sort", order, "limit", "1000")).getList("items." + id);
            List<String> paged = new ArrayList<>();
            String next = null;
            do {
                JsonPath page = next == null
                        ? get(path, Map.of("sort", order, "limit", limit))
                        : get(path, Map.of("sort", order, "limit", limit, "cursor", next));
                paged.addAll(page.getList("items." + id));
                next = page.getString("next");
            } while (next != null);

            assertThat(paged).as(order).isEqualTo(whole);
            assertThat(new HashSet<>(paged)).as(order).hasSameSizeAs(paged);
        }
    }

    /** For each field, the objects that have the value of the first. */
    @ParameterizedTest
    @MethodSource("lists")
    void everyFieldCanBeAFilter(String path, String id) {
        List<Map<String, Object>> whole = get(path, Map.of("limit", "1000")).getList("items");
        for (String field : sortedBy(path)) {
            Object value = value(whole.getFirst(), field);
            String json = value == null ? "null" : value instanceof String ? "\"" + value + "\"" : value.toString();

            List<String> found = get(path, Map.of("filter", "{\"" + field + "\": " + json + "}", "limit", "1000"))
                    .getList("items." + id);

            List<String> expected = new ArrayList<>();
            whole.stream()
                    .filter(item -> String.valueOf(value(item, field)).equals(String.valueOf(value)))
                    .forEach(item -> expected.add(String.valueOf(value(item, id.substring(id.indexOf('.') + 1)))));
            assertThat(found).as(field).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("lists")
    void selectedFieldsAloneAreShown(String path, String id) {
        String field = id.substring(id.indexOf('.') + 1);
        JsonPath page = get(path, Map.of("fields", field, "limit", "1"));

        assertThat(page.<Map<String, Object>>getList("items")).allSatisfy(item -> {
            assertThat(item).hasSize(1);
            assertThat(value(item, field)).isNotNull();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "leases",
                "tasks",
                "agents",
                "policies",
                "tokens",
                "namespaces",
                "namespaces/-/policies",
                "namespaces/-/grants",
                "attribute-trust",
                "withdrawals",
                "revocations"
            })
    void wrongParametersAreNamedAtOnce(String list) {
        given().queryParam("filter", "{\"shoe\": 1}")
                .queryParam("sort", "size")
                .queryParam("fields", "shoe")
                .queryParam("cursor", "x.y")
                .queryParam("limit", "0")
                .get("/api/v1/" + list)
                .then()
                .statusCode(400)
                .body("errors", hasSize(5))
                .body("errors.field", hasItems("filter", "sort", "fields", "cursor", "limit"));
    }

    /** The fields that the error of a wrong order names. */
    private static List<String> sortedBy(String path) {
        String message = given().queryParam("sort", "size")
                .get(path)
                .then()
                .statusCode(400)
                .extract()
                .path("errors[0].message");
        assertThat(message).startsWith(FIELDS);
        return List.of(message.substring(FIELDS.length()).split(", "));
    }

    /** The value of a field, or of a field within an object of the item. */
    private static Object value(Map<String, Object> item, String field) {
        return item.containsKey(field)
                ? item.get(field)
                : item.values().stream()
                        .filter(Map.class::isInstance)
                        .map(inner -> ((Map<?, ?>) inner).get(field))
                        .filter(known -> known != null)
                        .<Object>map(known -> known)
                        .findFirst()
                        .orElse(null);
    }

    private static JsonPath get(String path, Map<String, String> parameters) {
        RequestSpecification request = given();
        parameters.forEach(request::queryParam);
        return request.get(path).then().statusCode(200).extract().jsonPath();
    }
}
