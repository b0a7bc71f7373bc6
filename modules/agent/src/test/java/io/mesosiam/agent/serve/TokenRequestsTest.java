package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.Routes.TOKEN_HEADER;
import static io.mesosiam.agent.serve.Routes.TOKEN_LIFE_HEADER;
import static io.mesosiam.agent.serve.TestEndpoint.NOW;
import static io.mesosiam.agent.serve.TestEndpoint.TASK;
import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokens of the instance metadata service, version 2. */
class TokenRequestsTest extends MetadataFixture {
    @Test
    void tokenIsIssuedForTheRequestedTimeAndRepeatsIt() throws Exception {
        HttpResponse<String> token = endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "21600");

        assertThat(token.statusCode()).isEqualTo(200);
        assertThat(token.headers().allValues(TOKEN_LIFE_HEADER)).containsExactly("21600");
        assertThat(token.headers().allValues("Content-Type")).containsExactly("text/plain");
        assertThat(token.body()).matches("[A-Za-z0-9_-]{40,80}");
    }

    @Test
    void deniedOrWaitingTaskGetsAToken() throws Exception {
        assertThat(endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "60").statusCode()).isEqualTo(200);

        leases.put("task", "default", new Answer.Refusal("NoPolicy", "no"));

        assertThat(endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "60").statusCode()).isEqualTo(200);
        assertThat(leases.requested).isEmpty();
    }

    @Test
    void callerOutsideOfTasksGetsNoToken() throws Exception {
        endpoint.attest(new Attestation.NoContainer("group /system.slice"));

        assertError(endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "60"), Failure.UNKNOWN_CALLER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "21601", "-1", "+60", "60s", "1e3", "", "60, 60", "99999999999", "٦"})
    void invalidTokenLifeIsRefused(String seconds) throws Exception {
        assertThat(endpoint.raw("PUT " + TOKEN + " HTTP/1.1\r\nHost: 169.254.169.254\r\n" + TOKEN_LIFE_HEADER + ": "
                        + seconds + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("BadTokenTtl");
    }

    @Test
    void missingOrRepeatedTokenLifeIsRefused() throws Exception {
        assertError(endpoint.put(TOKEN), Failure.BAD_TOKEN_LIFE);
        assertError(endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "60", TOKEN_LIFE_HEADER, "60"), Failure.BAD_TOKEN_LIFE);
    }

    @Test
    void tokenIsNotIssuedThroughAProxy() throws Exception {
        assertError(endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "60", "X-Forwarded-For", "10.0.0.1"), Failure.FORWARDED);
    }

    @Test
    void tokenNeedsPutAndEverythingElseGet() throws Exception {
        HttpResponse<String> get = endpoint.get(TOKEN, TOKEN_LIFE_HEADER, "60");
        HttpResponse<String> put = endpoint.put(ROLES, TOKEN_HEADER, token());

        assertError(get, Failure.METHOD_NOT_ALLOWED);
        assertThat(get.headers().allValues("Allow")).containsExactly("PUT");
        assertError(put, Failure.METHOD_NOT_ALLOWED);
        assertThat(put.headers().allValues("Allow")).containsExactly("GET");
    }

    @Test
    void withoutATokenNothingIsServed() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        for (String path : List.of(ROLES, ROLES + "reports", "/latest/meta-data/placement/region")) {
            assertError(endpoint.get(path), Failure.TOKEN_NEEDED);
            assertError(endpoint.get(path, TOKEN_HEADER, "AAAA"), Failure.TOKEN_NEEDED);
            assertError(endpoint.get(path, TOKEN_HEADER, token(), TOKEN_HEADER, token()), Failure.TOKEN_NEEDED);
        }
    }

    @Test
    void withVersion1ATokenMayBeMissingButNotInvalid() throws Exception {
        endpoint.imdsV1 = true;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        assertThat(endpoint.get(ROLES).body()).isEqualTo("reports");
        assertThat(endpoint.get(ROLES + "reports").body()).contains("ASIAEXAMPLE");
        assertError(endpoint.get(ROLES, TOKEN_HEADER, "AAAA"), Failure.TOKEN_NEEDED);
    }

    @Test
    void tokenOfAnotherOrEarlierContainerIsInvalid() throws Exception {
        String token = token();
        leases.put("other", "default", lease("other", "ASIAOTHER"));
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        endpoint.attest(new Container("other", TASK.startTicks()));
        assertError(endpoint.get(ROLES, TOKEN_HEADER, token), Failure.TOKEN_NEEDED);
        endpoint.attest(new Container(TASK.id(), TASK.startTicks() + 1));
        assertError(endpoint.get(ROLES, TOKEN_HEADER, token), Failure.TOKEN_NEEDED);
        endpoint.attest(TASK);
        assertThat(endpoint.get(ROLES, TOKEN_HEADER, token).statusCode()).isEqualTo(200);
    }

    @Test
    void tokenExpires() throws Exception {
        endpoint.imdsV1 = true;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        String token = endpoint.put(TOKEN, TOKEN_LIFE_HEADER, "1").body();

        endpoint.now = NOW.plusSeconds(1);

        assertError(endpoint.get(ROLES, TOKEN_HEADER, token), Failure.TOKEN_NEEDED);
    }
}
