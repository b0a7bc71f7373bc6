package io.mesosiam.lease.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import io.mesosiam.policy.grant.TestGrants;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FollowedGrantsTest {
    private static final TaskContainer LAUNCH = TestGrants.holder("t1", "c1");
    private static final LaunchGrant BOUND = TestGrants.forTask("g", "role", "t1", new State.Bound(LAUNCH));
    private static final LaunchGrant ENDED =
            TestGrants.forTask("g", "role", "t1", new State.Ended("ended with its task", Optional.of(LAUNCH)));

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final FollowedGrants followed = new FollowedGrants(clock);
    private final List<GrantSet> accepted = new ArrayList<>();

    /** Until the listener has the row of the end, decisions use the row before, which is bound. */
    @Test
    void grantWhoseLaunchHasEndedGivesNothingWhileTheListenerFails() {
        followed.takeAll(List.of(BOUND), (grants, _) -> accepted.add(grants));
        followed.ended(LAUNCH);
        GrantTable.Listener failing = (_, _) -> {
            throw new IllegalStateException("no memory");
        };

        assertThatThrownBy(() -> followed.takeChanged(List.of(ENDED), failing)).hasMessage("no memory");
        assertThat(used()).hasOnlyElementsOfType(Grants.Use.None.class);
        assertThatThrownBy(() -> followed.takeAll(List.of(), failing)).hasMessage("no memory");
        assertThat(used()).hasOnlyElementsOfType(Grants.Use.None.class);

        followed.takeChanged(List.of(), (grants, _) -> accepted.add(grants));
        assertThat(used()).hasOnlyElementsOfType(Grants.Use.None.class);
    }

    private List<Grants.Use> used() {
        return followed.inForce(accepted.getLast()).of(TestGrants.task(LAUNCH, TestGrants.PRINCIPAL)).stream()
                .map(Grants.Candidate::use)
                .toList();
    }

    @Test
    void grantThatIsNotInTheTableIsOver() {
        followed.takeAll(List.of(BOUND), (grants, _) -> accepted.add(grants));
        Grants inForce = followed.inForce(accepted.getLast());

        assertThat(inForce.over(BOUND.policy().id())).isEmpty();
        assertThat(inForce.over(PolicyId.ofGrant(TestGrants.id("other")))).hasValue("is not in the table");
        assertThat(inForce.over(new PolicyId(TestGrants.id("other")))).isEmpty();
        followed.ended(LAUNCH);
        assertThat(inForce.over(BOUND.policy().id())).hasValue("ended with its task");
    }

    /** What is kept of grants that have ended is bounded by a time and a number. */
    @Test
    void grantsThatHaveEndedAreForgotten() {
        followed.takeAll(List.of(ENDED), (_, _) -> {});
        clock.advance(Duration.ofMinutes(59));
        followed.takeAll(List.of(), (_, _) -> {});
        assertThat(followed.current().all()).containsExactly(ENDED);
        clock.advance(Duration.ofMinutes(2));
        followed.takeAll(List.of(), (_, _) -> {});
        assertThat(followed.current().all()).isEmpty();

        followed.takeChanged(
                IntStream.range(0, 10_001)
                        .mapToObj(i ->
                                TestGrants.labelled("g" + i, "role", new State.Ended("was revoked", Optional.empty())))
                        .toList(),
                (_, _) -> {});
        followed.takeAll(List.of(), (_, _) -> {});
        assertThat(followed.current()).isEqualTo(GrantSet.EMPTY);
    }
}
