package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.ASKED;
import static io.mesosiam.lease.plan.TestView.view;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What a running task without a lease is issued. */
class IssuedLeaseTest {
    static final List<PlanRow> ROWS = List.of(
            row("a running task that policy gives a role is issued a lease", view().desired(A), "Issue(a)"),
            row(
                    "a task whose container isn't known yet is issued a lease",
                    view().unbound().desired(A),
                    "Issue(a)"),
            row(
                    "a task whose framework isn't visible is issued nothing",
                    view().desired(new DesiredLease.Unready("")),
                    "Wait"),
            row(
                    "a task without a lease is given nothing while undecided",
                    view().desired(new DesiredLease.Unready("", List.of(A))).asked(),
                    "Wait"),
            row(
                    "a session that STS would refuse is refused to the container",
                    view().desired(new DesiredLease.Impossible(A.policy(), "tag")),
                    "Refuse(SESSION_IMPOSSIBLE)",
                    "Wait"),
            row(
                    "an impossible session waits for the container that it is refused to",
                    view().unbound().desired(new DesiredLease.Impossible(A.policy(), "tag")),
                    "Wait"),
            row(
                    "a task whose host isn't connected is issued nothing",
                    view().desired(A).disconnected(),
                    "Wait"),
            row(
                    "a task that is out of sight is issued nothing",
                    view().desired(A).outOfSight(Duration.ofMinutes(1), true),
                    "Wait"),
            row(
                    "nothing is issued to an unreported container of a host with many of these",
                    view().desired(A).containerGone().hostFull(),
                    "Wait until PT5S"),
            row(
                    "nothing is issued while the journal is behind",
                    view().desired(A).closed(),
                    "Wait until PT5S"),
            row(
                    "a session that just failed for another task is requested after the backoff",
                    view().desired(A).backoff(15),
                    "Issue(a) later",
                    "Wait until PT15S"),
            row(
                    "a session is requested once the backoff has elapsed",
                    view().desired(A).backoff(0),
                    "Issue(a)"),
            row("an on-ask session is not issued before it is requested", view().desired(ASKED), "Wait"),
            row(
                    "an on-ask session is issued when it is requested",
                    view().desired(ASKED).asked(),
                    "Issue(a)"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void newLeaseIsPlanned(PlanRow row) {
        row.check();
    }
}
