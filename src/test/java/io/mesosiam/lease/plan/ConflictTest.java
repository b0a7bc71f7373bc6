package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.DUE;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestView.view;

import io.mesosiam.lease.Refusal.RefusalCode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A task whose policies conflict. */
class ConflictTest {
    static final List<PlanRow> ROWS = List.of(
            row(
                    "conflicting policies give a new task nothing",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B))),
                    "Refuse(CONFLICT)"),
            row(
                    "conflicting policies keep a lease that one of them gives",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH),
                    "Wait",
                    "Wait until PT25M"),
            row(
                    "conflicting policies renew a lease that one of them gives",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(DUE),
                    "Renew(a)",
                    "Wait"),
            row(
                    "conflicting policies end a lease that none of them gives any more",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(B)))
                            .lease(FRESH),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a withdrawal ends a lease that a conflict keeps",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .withdrawn(),
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "the refusal of a conflict is taken back once a lease is kept",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A)))
                            .lease(FRESH)
                            .refused(RefusalCode.CONFLICT, "conflict"),
                    "ClearRefusal",
                    "Wait",
                    "Wait until PT25M"),
            row(
                    "a lease that a conflict keeps ends if another task of the container is given another session",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .neighbour(B, false),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a lease that a conflict keeps ends if another task of the container is denied",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .neighbour(DENIED, false),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a lease that a conflict keeps stays beside a task that is given the same",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .neighbour(A, false),
                    "Wait",
                    "Wait until PT25M"),
            row(
                    "a lease that a conflict keeps stays beside a task with the same conflict",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .neighbour(new DesiredLease.Conflicting("conflict", List.of(A, B)), false),
                    "Wait",
                    "Wait until PT25M"),
            row(
                    "a lease that a conflict keeps ends if no policy gives another task of the container the same",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .neighbour(new DesiredLease.Conflicting("conflict", List.of(B)), false),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a task whose policies conflict does not refuse its container the lease that serves another task there",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .neighbour(A, true),
                    "Wait",
                    "Wait"),
            row(
                    "a task whose policies conflict refuses its container if none of them gives what serves another task there",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(B)))
                            .neighbour(A, true),
                    "Refuse(CONFLICT)"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void conflictIsPlanned(PlanRow row) {
        row.check();
    }
}
