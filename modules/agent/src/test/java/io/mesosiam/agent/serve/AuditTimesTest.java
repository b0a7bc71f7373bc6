package io.mesosiam.agent.serve;

import static io.mesosiam.agent.serve.TestEndpoint.lease;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Attestation;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each audit line states how long its request took, and how long of that the request waited for a lease. */
class AuditTimesTest extends EndpointFixture {
    private static final Pattern TIMES = Pattern.compile(" tookMs=([0-9]+)(?: waitedMs=([0-9]+))?");

    @Test
    void requestThatIsServedAtOnceHasNoWait() throws Exception {
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        MatchResult times = times("/v2/credentials");

        assertThat(times.group(2)).isNull();
    }

    @Test
    void requestThatIsServedLaterHasItsWait() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        leases.onRequest = () -> leases.put("task", "default", lease("task", "ASIALATER"));

        MatchResult times = times("/v2/credentials");

        assertThat(Long.parseLong(times.group(2))).isBetween(0L, Long.parseLong(times.group(1)));
    }

    @Test
    void requestThatReachesItsLimitTookThatLong() throws Exception {
        endpoint.hold = Duration.ofMillis(50);

        MatchResult times = times("/v2/credentials");

        assertThat(Long.parseLong(times.group(1))).isGreaterThanOrEqualTo(50);
        assertThat(Long.parseLong(times.group(2))).isBetween(0L, Long.parseLong(times.group(1)));
    }

    @Test
    void attestationCountsAndIsNoWaitForALease() throws Exception {
        endpoint.hold = Duration.ofMinutes(10);
        endpoint.attestOnce(new Attestation.Unknown("not listed yet"));
        leases.put("task", "default", lease("task", "ASIAEXAMPLE"));

        MatchResult times = times("/v2/credentials");

        assertThat(Long.parseLong(times.group(1))).isGreaterThanOrEqualTo(25);
        assertThat(times.group(2)).isNull();
    }

    @Test
    void callerThatIsNoTaskHasATime() throws Exception {
        endpoint.attest(new Attestation.NoContainer("group /system.slice"));

        assertThat(times("/v2/credentials").group(2)).isNull();
    }

    private MatchResult times(String path) throws Exception {
        try (AuditLines audit = new AuditLines()) {
            assertThat(endpoint.get(path).body()).isNotEmpty();

            return TIMES.matcher(audit.lines().getFirst()).results().findFirst().orElseThrow();
        }
    }
}
