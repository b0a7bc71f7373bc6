package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.plan.SessionBackoff;
import io.mesosiam.lease.simulation.TestLaunches;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IssueBackoffTest {
    private static final SessionOutcome.Refused REFUSED = new SessionOutcome.Refused("AccessDenied: no");
    private static final SessionOutcome.Unavailable NO_ANSWER =
            new SessionOutcome.Unavailable("down", Optional.empty());

    private static final String ONE = new Identity().hash();

    /** The identity of another task, with the same parameters for STS. */
    private static final String SHARED = new Identity().hash();

    private Instant now = Instant.parse("2025-01-01T00:00:00Z");
    private final IssueBackoff backoff = new IssueBackoff(new RenewalRule(new Random(7)));

    @Test
    void identityThatHasNotFailedMayBeRequested() {
        assertThat(mayRequest(ONE)).isTrue();
    }

    @Test
    void refusalHoldsForTheSameIdentity() {
        backoff.failed(ONE, REFUSED, now);

        assertThat(mayRequest(SHARED)).isFalse();
        assertThat(refusal(SHARED)).contains(REFUSED.reason());
    }

    /** A trust policy can require any of these values. */
    @Test
    void refusalDoesNotApplyToAnyOtherIdentity() {
        backoff.failed(ONE, REFUSED, now);

        assertThat(List.of(
                        new Identity().tags(Map.of("task", "another")),
                        new Identity().sessionName("other-name"),
                        new Identity().externalId("right-one"),
                        new Identity().sourceIdentity("mesos"),
                        new Identity().length(Duration.ofMinutes(20)),
                        new Identity().transitive("task")))
                .allSatisfy(other -> {
                    assertThat(other.hash()).isNotEqualTo(ONE);
                    assertThat(mayRequest(other.hash())).isTrue();
                });
    }

    @Test
    void oneProbeIsAdmittedAfterTheRefusalsTime() {
        backoff.failed(ONE, REFUSED, now);
        now = now.plusSeconds(19);
        assertThat(mayRequest(ONE)).isTrue();

        backoff.probing(ONE, now);

        assertThat(mayRequest(SHARED)).isFalse();
        assertThat(refusal(SHARED)).contains(REFUSED.reason());
    }

    @Test
    void probeThatGetsASessionEndsTheRefusal() {
        backoff.failed(ONE, REFUSED, now);
        now = now.plusSeconds(19);
        backoff.probing(ONE, now);

        assertThat(backoff.succeeded(ONE)).as("others may wait").isTrue();

        assertThat(mayRequest(SHARED)).isTrue();
        assertThat(backoff.succeeded(ONE)).isFalse();
    }

    @Test
    void requestAfterAnUnansweredProbeIsTheNextProbe() {
        backoff.failed(ONE, REFUSED, now);
        now = now.plusSeconds(19);
        backoff.probing(ONE, now);

        backoff.failed(ONE, NO_ANSWER, now);

        assertThat(refusal(SHARED)).contains(REFUSED.reason());
        now = now.plusSeconds(38);
        assertThat(mayRequest(SHARED)).isTrue();
    }

    @Test
    void requestAfterAProbeWithoutAnOutcomeIsTheNextProbe() {
        backoff.failed(ONE, REFUSED, now);
        now = now.plusSeconds(19);
        backoff.probing(ONE, now);

        now = now.plusSeconds(60);

        assertThat(mayRequest(SHARED)).isTrue();
    }

    @Test
    void clockSetBackEndsARefusal() {
        backoff.failed(ONE, REFUSED, now);
        now = now.minus(Duration.ofHours(2));
        assertThat(mayRequest(ONE)).isTrue();

        backoff.failed(ONE, REFUSED, now);
        assertThat(mayRequest(ONE)).isFalse();
        now = now.plusSeconds(38);
        assertThat(mayRequest(ONE)).isTrue();
    }

    @Test
    void clearedRefusalDoesNotApply() {
        backoff.failed(ONE, REFUSED, now);

        backoff.clear();

        assertThat(mayRequest(ONE)).isTrue();
    }

    @Test
    void timeOfARefusalDoublesUpToFifteenMinutes() {
        IntStream.range(0, 12).forEach(_ -> {
            backoff.failed(ONE, REFUSED, now);
            now = now.plus(Duration.ofMinutes(15));
            assertThat(mayRequest(ONE)).isTrue();
            backoff.probing(ONE, now);
        });

        backoff.failed(ONE, REFUSED, now);
        now = now.plusSeconds(719);
        assertThat(mayRequest(ONE)).isFalse();
    }

    @Test
    void concurrentRefusalsCountOnce() {
        IntStream.range(0, 300).forEach(_ -> backoff.failed(ONE, REFUSED, now));

        now = now.plusSeconds(19);

        assertThat(mayRequest(ONE)).isTrue();
    }

    @Test
    void refusalOfAConcurrentRequestIsRemembered() {
        backoff.failed(ONE, NO_ANSWER, now);

        backoff.failed(ONE, REFUSED, now);

        assertThat(refusal(ONE)).contains(REFUSED.reason());
    }

    @Test
    void temporaryFailureIsNotARefusal() {
        backoff.failed(ONE, NO_ANSWER, now);

        assertThat(refusal(ONE)).isEmpty();
    }

    private boolean mayRequest(String hash) {
        return backoff.hold(hash, now)
                .filter(hold -> now.isBefore(hold.until()))
                .isEmpty();
    }

    private Optional<String> refusal(String hash) {
        return backoff.hold(hash, now).flatMap(SessionBackoff::refusal);
    }

    /** The parameters of one session. */
    private record Identity(
            String sessionName,
            Map<String, String> tags,
            List<String> transitive,
            Optional<String> sourceIdentity,
            Optional<String> externalId,
            Duration length) {
        Identity() {
            this("one", Map.of("task", "one"), List.of(), Optional.empty(), Optional.empty(), Duration.ofHours(1));
        }

        Identity sessionName(String name) {
            return new Identity(name, tags, transitive, sourceIdentity, externalId, length);
        }

        Identity tags(Map<String, String> values) {
            return new Identity(sessionName, values, transitive, sourceIdentity, externalId, length);
        }

        Identity transitive(String tag) {
            return new Identity(sessionName, tags, List.of(tag), sourceIdentity, externalId, length);
        }

        Identity sourceIdentity(String value) {
            return new Identity(sessionName, tags, transitive, Optional.of(value), externalId, length);
        }

        Identity externalId(String value) {
            return new Identity(sessionName, tags, transitive, sourceIdentity, Optional.of(value), length);
        }

        Identity length(Duration value) {
            return new Identity(sessionName, tags, transitive, sourceIdentity, externalId, value);
        }

        String hash() {
            return new SessionIdentity(
                            TestLaunches.role("a"),
                            sessionName,
                            Optional.empty(),
                            List.of(),
                            new TreeMap<>(tags),
                            transitive,
                            List.of(),
                            sourceIdentity,
                            externalId,
                            Optional.empty(),
                            Optional.empty(),
                            length)
                    .hash();
        }
    }
}
