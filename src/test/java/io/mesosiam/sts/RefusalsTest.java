package io.mesosiam.sts;

import static io.mesosiam.sts.Launches.gives;
import static io.mesosiam.sts.Launches.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static final SessionOutcome REFUSED = new SessionOutcome.Refused("AccessDenied: no");
    private static final SessionOutcome NO_ANSWER = new SessionOutcome.Unavailable("down", Optional.empty());

    private Instant now = Instant.parse("2025-01-01T00:00:00Z");
    private final Refusals refusals = new Refusals(() -> now, new Random(7));

    private final SessionIdentity one = identity("one", gives().tags(Map.of("task", "{task}")));
    private final SessionIdentity another = identity("another", gives().tags(Map.of("task", "{task}")));

    /** The identity of another task, with the same parameters for STS. */
    private final SessionIdentity shared = identity("one", gives().tags(Map.of("task", "{task}")));

    @Test
    void requestThatIsNotRefusedIsAdmitted() {
        assertThat(refusals.holding(one)).isEmpty();
        assertThat(refusals.admit(one)).isEmpty();
    }

    @Test
    void refusalHoldsForTheSameIdentity() {
        refusals.answered(one, REFUSED);

        assertThat(refusals.holding(shared)).contains(REFUSED);
    }

    /** A trust policy can require any of these values. */
    @Test
    void refusalDoesNotApplyToAnyOtherIdentity() {
        refusals.answered(one, REFUSED);

        assertThat(List.of(
                        another,
                        identity("one", gives().tags(Map.of("task", "other"))),
                        identity("one", gives().tags(Map.of("task", "{task}")).sessionName("other-name")),
                        identity("one", gives().tags(Map.of("task", "{task}")).externalId("right-one")),
                        identity("one", gives().tags(Map.of("task", "{task}")).sourceIdentity("mesos")),
                        identity("one", gives().tags(Map.of("task", "{task}")).length(Duration.ofMinutes(20))),
                        identity("one", gives().tags(Map.of("task", "{task}")).transitive("task"))))
                .allSatisfy(other -> {
                    assertThat(other).isNotEqualTo(one);
                    assertThat(refusals.holding(other)).isEmpty();
                    assertThat(refusals.admit(other)).isEmpty();
                });
    }

    @Test
    void oneProbeIsAdmittedAfterTheRefusalsTime() {
        refusals.answered(one, REFUSED);
        now = now.plusSeconds(10);

        assertThat(refusals.admit(one)).isEmpty();

        assertThat(refusals.admit(shared)).contains(REFUSED);
        assertThat(refusals.holding(shared)).contains(REFUSED);
    }

    @Test
    void probeThatGetsASessionEndsTheRefusal() {
        refusals.answered(one, REFUSED);
        now = now.plusSeconds(10);
        refusals.admit(one);

        refusals.answered(one, issued());

        assertThat(refusals.admit(shared)).isEmpty();
    }

    @Test
    void requestAfterAnUnansweredProbeIsTheNextProbe() {
        refusals.answered(one, REFUSED);
        now = now.plusSeconds(10);
        refusals.admit(one);

        refusals.answered(one, NO_ANSWER);

        assertThat(refusals.admit(shared)).isEmpty();
    }

    @Test
    void requestAfterAProbeWithoutAnOutcomeIsTheNextProbe() {
        refusals.answered(one, REFUSED);
        now = now.plusSeconds(10);
        refusals.admit(one);

        refusals.over(one);

        assertThat(refusals.admit(shared)).isEmpty();
    }

    @Test
    void clockSetBackEndsARefusal() {
        refusals.answered(one, REFUSED);
        now = now.minus(Duration.ofHours(2));
        assertThat(refusals.admit(one)).isEmpty();

        refusals.answered(one, REFUSED);
        assertThat(refusals.holding(one)).contains(REFUSED);
        now = now.plusSeconds(20);
        assertThat(refusals.holding(one)).isEmpty();
    }

    @Test
    void clearedRefusalDoesNotApply() {
        refusals.answered(one, REFUSED);

        refusals.clear();

        assertThat(refusals.admit(one)).isEmpty();
    }

    @Test
    void timeOfARefusalDoublesUpToTenMinutes() {
        IntStream.range(0, 12).forEach(i -> {
            refusals.answered(one, REFUSED);
            now = now.plus(Duration.ofMinutes(10));
            assertThat(refusals.admit(one)).isEmpty();
        });

        refusals.answered(one, REFUSED);
        now = now.plusSeconds(449);
        assertThat(refusals.holding(one)).contains(REFUSED);
    }

    @Test
    void concurrentRefusalsCountOnce() {
        IntStream.range(0, 300).forEach(i -> refusals.answered(one, REFUSED));

        now = now.plusSeconds(10);

        assertThat(refusals.admit(one)).isEmpty();
    }

    @Test
    void temporaryFailureIsNotARefusal() {
        refusals.answered(one, NO_ANSWER);

        assertThat(refusals.holding(one)).isEmpty();
    }

    private SessionOutcome issued() {
        Secret secret = Secret.of("opens nothing");
        return new SessionOutcome.Issued(new Session("ASIA", secret, secret, now.plusSeconds(3600)));
    }

    private static SessionIdentity identity(String taskId, Launches.Gives gives) {
        return new IdentityRule(Duration.ofHours(1))
                .identity(gives.entitlement(), CredentialName.DEFAULT, task(taskId));
    }
}
