package io.mesosiam.controller;

import static io.mesosiam.controller.SignedIn.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each answer has the id of its request: that of the caller, if it is valid. */
@QuarkusTest
@WithTestResource(ClusterForController.class)
class RequestIdTest {
    private static final String HEADER = "X-Request-Id";
    private static final String DRAWN = "[0-9a-f]{8}-[0-9a-f-]{27}";

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/policies", "/api/v1/no-such-path", "/api/v1/leases?sort=nonsense"})
    void idOfTheCallerIsThatOfTheAnswer(String path) {
        Response answer = given().header(HEADER, "Deploy-42_a.b").get(path);

        assertThat(answer.headers().getValues(HEADER)).containsExactly("Deploy-42_a.b");
        if (answer.statusCode() >= 400) {
            assertThat(answer.jsonPath().getString("requestId")).isEqualTo("Deploy-42_a.b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "a/b", "é"})
    void invalidIdIsReplaced(String id) {
        assertDrawn(given().header(HEADER, id).get("/api/v1/policies"));
    }

    @Test
    void idOf65CharactersIsReplaced() {
        assertDrawn(given().header(HEADER, "a".repeat(65)).get("/api/v1/policies"));
        assertThat(given().header(HEADER, "a".repeat(64))
                        .get("/api/v1/policies")
                        .header(HEADER))
                .isEqualTo("a".repeat(64));
    }

    @Test
    void twoIdsAreReplaced() {
        assertDrawn(given().header(HEADER, "a", "b").get("/api/v1/policies"));
    }

    @Test
    void requestWithoutACredentialHasAnIdToo() {
        Response answer =
                io.restassured.RestAssured.given().header(HEADER, "r1").get("/api/v1/policies");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().getValues(HEADER)).containsExactly("r1");
    }

    private static void assertDrawn(Response answer) {
        List<String> ids = answer.headers().getValues(HEADER);
        assertThat(ids).hasSize(1).first().asString().matches(DRAWN);
    }
}
