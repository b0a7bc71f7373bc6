package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Container;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests whose caller was identified when its connection was accepted. Another look-up would find no container, so that
 * an answer of credentials shows that there was none.
 */
class AnswersAtOnceTest extends EndpointFixture {
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    @BeforeEach
    void identifyAtAccept() {
        endpoint.accepted = Optional.of(new Attestation.Attested(TestEndpoint.TASK, "at accept"));
        endpoint.attest(new Attestation.NoContainer("looked up again"));
    }

    @Test
    void credentialsThatAreThereAreServedAndLogged() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        try (AuditLines audit = new AuditLines()) {
            assertThat(endpoint.get("/v2/credentials").body()).contains("ASIAEXAMPLE");

            assertThat(audit.lines()).singleElement().asString().contains("containerId=task", "attestedBy=at accept");
        }
        assertThat(endpoint.metrics())
                .contains("mesosiam_agent_attestations_total{method=\"at accept\",outcome=\"attested\"} 1\n")
                .contains("mesosiam_agent_asks_total{surface=\"ecs\",code=\"OK\"} 1\n");
    }

    @Test
    void controllersRefusalIsAnswered() throws Exception {
        leases.put("task", "default", new Answer.Refusal("DeniedByPolicy", "no"));

        HttpResponse<String> answer = endpoint.get("/v2/credentials");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("DeniedByPolicy");
    }

    @Test
    void callerWithoutALeaseIsLookedUpAndWaits() throws Exception {
        endpoint.attest(TestEndpoint.TASK);
        leases.onRequest = () -> leases.put("task", "default", lease("task", "ASIALATER"));

        assertThat(endpoint.get("/v2/credentials").body()).contains("ASIALATER");
        assertThat(leases.requested).containsExactly("task:default");
    }

    @Test
    void containerThatCanNoLongerBeIdentifiedIsLookedUpAgain() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        endpoint.accepted = Optional.empty();

        assertError(endpoint.get("/v2/credentials"), Failure.UNKNOWN_CALLER);
    }

    @Test
    void rateOfTheContainerCounts() throws Exception {
        endpoint.asksPerSecond = 1;
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        assertThat(endpoint.get("/v2/credentials").statusCode()).isEqualTo(200);

        assertError(endpoint.get("/v2/credentials"), Failure.TOO_MANY_ASKS);
    }

    @Test
    void sessionThatHasEndedIsNotServed() throws Exception {
        Answer.Lease ended = lease("task", "ASIAEXAMPLE");
        leases.put("task", "default", ended);
        ended.body().destroy();

        assertError(endpoint.get("/v2/credentials"), Failure.CREDENTIALS_PENDING);
    }

    @Test
    void metadataServiceNeedsItsToken() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        String token = endpoint.put("/latest/api/token", Routes.TOKEN_LIFE_HEADER, "60")
                .body();

        assertError(endpoint.get(ROLES), Failure.TOKEN_NEEDED);
        assertThat(endpoint.get(ROLES, Routes.TOKEN_HEADER, token).body()).isEqualTo("reports");
        assertThat(endpoint.get(ROLES + "reports", Routes.TOKEN_HEADER, token).body())
                .contains("ASIAEXAMPLE");
    }

    @Test
    void tokenOfAnotherContainerIsRefused() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));
        String token = endpoint.put("/latest/api/token", Routes.TOKEN_LIFE_HEADER, "60")
                .body();
        leases.put("other", "default", lease("other", "ASIAOTHER"));
        endpoint.accepted = Optional.of(new Attestation.Attested(new Container("other", 1), "at accept"));

        assertError(endpoint.get(ROLES, Routes.TOKEN_HEADER, token), Failure.TOKEN_NEEDED);
    }
}
