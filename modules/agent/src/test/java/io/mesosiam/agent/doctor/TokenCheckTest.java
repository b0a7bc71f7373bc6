package io.mesosiam.agent.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.doctor.Finding.Level;
import io.mesosiam.agent.hostrole.FakeMetadata;
import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The finding for each kind of answer to a request without a token. */
class TokenCheckTest {
    private static final String PATH = "/latest/meta-data/";
    private static final int WAIT = TimeLimit.millis(1000);

    private static List<Finding> findings(int status, String body) throws IOException {
        try (FakeMetadata service = FakeMetadata.start()) {
            service.answer(PATH, status, body);
            List<Finding> findings = new TokenCheck(service.client(WAIT)).findings();
            assertThat(service.requests()).containsExactly("GET " + PATH);
            return findings;
        }
    }

    @Test
    void serviceThatAnswersWithoutATokenIsAWarningWithItsCure() throws IOException {
        assertThat(findings(200, "iam/\ninstance-id")).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.WARNING);
            assertThat(finding.cure()).contains("HttpTokens=required");
        });
    }

    @Test
    void serviceThatDemandsATokenIsWell() throws IOException {
        assertThat(findings(401, "Unauthorized")).extracting(Finding::level).containsExactly(Level.OK);
    }

    @Test
    void answerOfTheAgentSaysNothingOfTheService() throws IOException {
        assertThat(findings(401, "{\"code\":\"TokenNeeded\",\"message\":\"\"}")).isEmpty();
    }

    @Test
    void hostWithoutAServiceHasNoFinding() throws IOException {
        HostMetadata closed;
        try (FakeMetadata service = FakeMetadata.start()) {
            closed = service.client(WAIT);
        }

        assertThat(new TokenCheck(closed).findings()).isEmpty();
    }
}
