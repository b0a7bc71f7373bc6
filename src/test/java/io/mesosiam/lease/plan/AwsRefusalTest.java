package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DENIED_BY_AWS;
import static io.mesosiam.lease.plan.TestLeases.FAILED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.PENDING;
import static io.mesosiam.lease.plan.TestView.view;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What is refused to the container because AWS refuses the session. */
class AwsRefusalTest {
    static final List<PlanRow> ROWS = List.of(
            row(
                    "a session that AWS refuses is refused to the container and requested again later",
                    view().desired(A).lease(FAILED).backoff(15, DENIED_BY_AWS),
                    "Refuse(REFUSED_BY_AWS)",
                    "Wait until PT15S"),
            row(
                    "a session that AWS refuses is requested again once the backoff has elapsed, and stays refused until AWS issues it",
                    view().desired(A).lease(FAILED).backoff(0, DENIED_BY_AWS).refusedByAws(),
                    "Request(a)"),
            row(
                    "a refusal by AWS stands during the attempt",
                    view().desired(A)
                            .lease(PENDING)
                            .requesting()
                            .backoff(60, DENIED_BY_AWS)
                            .refusedByAws()),
            row(
                    "a refusal by AWS stands until the attempt that a change of policies causes is answered",
                    view().desired(A).lease(PENDING).requesting().refusedByAws()),
            row(
                    "a refusal by AWS ends when the attempt after a change of policies fails without an answer",
                    view().desired(A).lease(FAILED).backoff(15).refusedByAws(),
                    "ClearRefusal",
                    "Wait until PT15S"),
            row(
                    "a refusal by AWS is taken back once the lease is served",
                    view().desired(A).lease(FRESH).refusedByAws(),
                    "ClearRefusal",
                    "Wait until PT25M"),
            row(
                    "a session that is held is not taken away by a refusal for another lease of the same identity",
                    view().desired(A).lease(FRESH).backoff(15, DENIED_BY_AWS),
                    "Wait until PT25M"),
            row(
                    "a refusal by AWS ends with the identity that it was about",
                    view().desired(B).lease(FAILED).refusedByAws(),
                    "Reap",
                    "ClearRefusal",
                    "Issue(b)"),
            row(
                    "what AWS refuses another task with the same identity is refused at once",
                    view().desired(A).backoff(15, DENIED_BY_AWS),
                    "Refuse(REFUSED_BY_AWS)",
                    "Issue(a) later",
                    "Wait until PT15S"),
            row(
                    "a lease that a conflict keeps is refused while AWS refuses its session",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FAILED)
                            .backoff(15, DENIED_BY_AWS),
                    "Refuse(REFUSED_BY_AWS)",
                    "Wait",
                    "Wait until PT15S"),
            row(
                    "a lease of a task that can't be decided is refused while AWS refuses its session",
                    view().desired(new DesiredLease.Unready("")).lease(FAILED).backoff(15, DENIED_BY_AWS),
                    "Refuse(REFUSED_BY_AWS)",
                    "Wait until PT15S"),
            row(
                    "a temporary failure of STS is not refused to the container",
                    view().desired(A).lease(FAILED).backoff(15),
                    "Wait until PT15S"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void refusalByAwsIsPlanned(PlanRow row) {
        row.check();
    }
}
