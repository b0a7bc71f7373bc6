package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** An endpoint whose callers and leases the test sets. */
abstract class EndpointFixture {
    final TestEndpoint endpoint = new TestEndpoint();
    final TestEndpoint.Leases leases = endpoint.leases;

    @AfterEach
    void stop() {
        endpoint.close();
    }

    static void assertError(HttpResponse<String> response, Failure failure) throws Exception {
        assertError(response, failure.status(), failure.code(), failure.message());
    }

    static void assertError(HttpResponse<String> response, int status, String code, String message) throws Exception {
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode json = new ObjectMapper().readTree(response.body());
        assertThat(json.fieldNames()).toIterable().containsExactly("code", "message");
        assertThat(List.of(json.get("code").textValue(), json.get("message").textValue()))
                .containsExactly(code, message);
    }
}
