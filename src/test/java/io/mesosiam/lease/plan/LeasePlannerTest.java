package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.ASKED;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DEAD;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.DUE;
import static io.mesosiam.lease.plan.TestLeases.FAILED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.NAME;
import static io.mesosiam.lease.plan.TestLeases.NO_POLICY;
import static io.mesosiam.lease.plan.TestLeases.PENDING;
import static io.mesosiam.lease.plan.TestLeases.RENEWING;
import static io.mesosiam.lease.plan.TestLeases.SHORT;
import static io.mesosiam.lease.plan.TestLeases.WITHDRAWN;
import static io.mesosiam.lease.plan.TestView.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Properties of the plans of a container with several tasks, for every combination of their desired leases. */
class LeasePlannerTest {
    private static final LeasePlanner PLANNER = new LeasePlanner(Duration.ofHours(24));

    @Test
    void containerIsIssuedOnlySessionsOnWhichAllItsTasksAgree() {
        int issued = 0;
        for (TestView view : containersOfTwoTasks()) {
            LaunchView built = view.build();
            List<DesiredLease> desiredLeases = List.of(
                    built.desiredLeases().get(NAME),
                    built.neighbours().getFirst().desiredLeases().get(NAME));
            for (LeaseAction action : PLANNER.plan(built).actions()) {
                if (action instanceof LeaseAction.Issue issue) {
                    issued++;
                    assertThat(desiredLeases).as("%s", view).allSatisfy(desired -> assertThat(desired)
                            .isInstanceOfSatisfying(DesiredLease.Give.class, given -> assertThat(given.hash())
                                    .isEqualTo(issue.give().hash())));
                } else if (action instanceof LeaseAction.Bind) {
                    assertThat(DesiredLease.agree(A, desiredLeases.getLast()))
                            .as("%s", view)
                            .contains(true);
                }
            }
        }
        assertThat(issued).isPositive();
    }

    /** Checked for every state of the lease, of the host and of the view. */
    @Test
    void sessionIsHandedOverOnlyIfAllOtherTasksOfTheContainerAreGivenIt() {
        int handedOver = 0;
        for (TestView view : containersOfTwoTasks()) {
            for (Optional<DesiredLease> third : thirdTasks()) {
                TestView ended = view.ended();
                third.ifPresent(ended::third);
                LaunchView built = ended.build();
                List<LeaseAction> plan = PLANNER.plan(built).actions();
                for (LeaseAction action : plan) {
                    if (action instanceof LeaseAction.HandOver handOver) {
                        handedOver++;
                        assertThat(handOver.give().hash()).isEqualTo(A.hash());
                        assertThat(built.neighbours()).as("%s", view).allSatisfy(neighbour -> assertThat(
                                        neighbour.desiredLeases().get(NAME))
                                .isInstanceOfSatisfying(DesiredLease.Give.class, given -> assertThat(given.hash())
                                        .isEqualTo(A.hash())));
                    }
                }
                assertThat(plan.stream()
                                .filter(a -> a instanceof LeaseAction.HandOver || a instanceof LeaseAction.Reap)
                                .count())
                        .as("%s", view)
                        .isEqualTo(view.hasLease() ? 1 : 0);
                ended.withoutThird();
            }
        }
        assertThat(handedOver).isPositive();
    }

    private static List<Optional<DesiredLease>> thirdTasks() {
        return List.of(
                Optional.empty(),
                Optional.of(A),
                Optional.of(B),
                Optional.of(DENIED),
                Optional.of(new DesiredLease.Unready("x")),
                Optional.of(new DesiredLease.Conflicting("conflict", List.of(A, B))));
    }

    @Test
    void containerIsNeitherIssuedNorBoundALeaseWhileOneOfItsTasksIsNotListed() {
        for (TestView view : containersOfTwoTasks()) {
            List<LeaseAction> plan =
                    PLANNER.plan(view.unlistedNeighbour().build()).actions();

            assertThat(plan)
                    .as("%s", view)
                    .noneMatch(action -> action instanceof LeaseAction.Issue || action instanceof LeaseAction.Bind);
        }
    }

    /**
     * Covers both effects of a policy change: what is no longer given ends, and a session that is given but not agreed
     * on isn't requested.
     */
    @Test
    void sessionIsRequestedOnlyForALeaseThatPolicyGives() {
        for (TestView view : containersOfTwoTasks()) {
            LaunchView built = view.build();
            boolean stillGiven = Stream.of(
                            built.desiredLeases().get(NAME),
                            built.neighbours().getFirst().desiredLeases().get(NAME))
                    .noneMatch(desired -> DesiredLease.agree(A, desired).equals(Optional.of(false)));
            List<LeaseAction> plan = PLANNER.plan(built).actions();
            boolean requests =
                    plan.stream().anyMatch(a -> a instanceof LeaseAction.Request || a instanceof LeaseAction.Renew);
            boolean reaps = plan.stream().anyMatch(LeaseAction.Reap.class::isInstance);
            assertThat(requests && !stillGiven).as("%s: requests", view).isFalse();
            assertThat(view.hasLease() && !stillGiven && !reaps)
                    .as("%s: keeps", view)
                    .isFalse();
        }
    }

    /** Each state of the lease of {@code a}, with each desired lease of both tasks of the container. */
    private static List<TestView> containersOfTwoTasks() {
        List<Optional<LeaseState>> states = Stream.concat(
                        Stream.of(Optional.<LeaseState>empty()),
                        Stream.of(PENDING, FAILED, FRESH, DUE, DEAD, RENEWING).map(Optional::of))
                .toList();
        List<DesiredLease> desiredLeases = List.of(
                A,
                B,
                ASKED,
                SHORT,
                NO_POLICY,
                DENIED,
                WITHDRAWN,
                new DesiredLease.Unready("x"),
                new DesiredLease.Impossible(A.policy(), "tag"),
                new DesiredLease.Conflicting("conflict", List.of()),
                new DesiredLease.Conflicting("conflict", List.of(A)),
                new DesiredLease.Conflicting("conflict", List.of(B)),
                new DesiredLease.Conflicting("conflict", List.of(A, B)));
        List<TestView> cases = new ArrayList<>();
        for (Optional<LeaseState> state : states) {
            for (DesiredLease own : desiredLeases) {
                for (DesiredLease other : desiredLeases) {
                    for (boolean bound : List.of(true, false)) {
                        for (boolean served : List.of(true, false)) {
                            TestView view = view().desired(own).asked().neighbour(other, served && state.isEmpty());
                            state.ifPresent(view::lease);
                            cases.add(bound ? view : view.leaseUnbound());
                        }
                    }
                }
            }
        }
        return cases;
    }
}
