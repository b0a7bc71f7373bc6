package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.FAILED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.WITHDRAWN;
import static io.mesosiam.lease.plan.TestView.view;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Several running tasks in one container. */
class ContainerNeighboursTest {
    static final List<PlanRow> ROWS = List.of(
            row("equal tasks of a container share one lease", view().desired(A).neighbour(A, true), "Wait"),
            row(
                    "the task with the bound lease keeps the shared lease",
                    view().desired(A).lease(FRESH).neighbour(A, false),
                    "Wait until PT25M"),
            row(
                    "without a bound lease the first task has the shared lease",
                    view().desired(A).neighbour(A, false),
                    "Issue(a)"),
            row(
                    "tasks of a container that are given different sessions conflict",
                    view().desired(A).lease(FRESH).neighbour(B, true),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a lease ends whose session the policies have decided not to give to another task of the container",
                    view().desired(A).lease(FRESH).neighbour(new DesiredLease.Narrowed("", List.of(B)), false),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a task that is given a session conflicts with a denied task of its container",
                    view().desired(A).neighbour(DENIED, false),
                    "Refuse(CONFLICT)"),
            row(
                    "nothing is issued while another task of the container can't be decided",
                    view().desired(A).neighbour(new DesiredLease.Unready(""), false),
                    "Wait"),
            row(
                    "a lease is kept while another task of the container can't be decided",
                    view().desired(A).lease(FRESH).neighbour(new DesiredLease.Unready(""), false),
                    "Wait until PT25M"),
            row(
                    "a lease that policy replaces ends, and the new lease waits while another task of the container can't be decided",
                    view().desired(B).lease(FRESH).neighbour(new DesiredLease.Unready(""), false),
                    "Reap",
                    "Wait"),
            row(
                    "a lease that policy replaces ends, and the new lease waits while the policies of another task of the container conflict",
                    view().desired(B)
                            .lease(FRESH)
                            .neighbour(new DesiredLease.Conflicting("conflict", List.of(A, B)), false),
                    "Reap",
                    "Wait"),
            row(
                    "a lease that policy replaces is followed by the new lease once all tasks of the container are given the same",
                    view().desired(B).lease(FRESH).neighbour(B, false),
                    "Reap",
                    "Issue(b)"),
            row(
                    "a refusal by AWS of a replaced session ends although the new lease waits for another task of the container",
                    view().desired(B).lease(FAILED).refusedByAws().neighbour(new DesiredLease.Unready(""), false),
                    "Reap",
                    "ClearRefusal",
                    "Wait"),
            row(
                    "a lease without a container is not bound while another task of the container can't be decided",
                    view().desired(A).lease(FRESH).leaseUnbound().neighbour(new DesiredLease.Unready(""), false),
                    "Wait",
                    "Wait until PT25M"),
            row(
                    "a lease without a container is bound once all tasks of the container are given the same",
                    view().desired(A).lease(FRESH).leaseUnbound().neighbour(A, false),
                    "Bind",
                    "Wait until PT25M"),
            row(
                    "a lease ends if no policy gives another task of the container the same",
                    view().desired(A)
                            .lease(FRESH)
                            .neighbour(new DesiredLease.Conflicting("conflict", List.of(B)), false),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a withdrawal from another task of the container ends the lease that serves both",
                    view().desired(A).lease(FRESH).neighbour(WITHDRAWN, false),
                    "Reap withdrawn",
                    "Refuse(WITHDRAWN)",
                    "Wait"),
            row(
                    "a withdrawal from another task of the container refuses the name to a task without a lease",
                    view().desired(A).neighbour(WITHDRAWN, false),
                    "Refuse(WITHDRAWN)",
                    "Wait"),
            row(
                    "a withdrawal from another task of the container ends a lease that a conflict keeps",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A, B)))
                            .lease(FRESH)
                            .neighbour(WITHDRAWN, false),
                    "Reap withdrawn",
                    "Refuse(WITHDRAWN)",
                    "Wait"),
            row(
                    "a withdrawal from another task of the container ends the lease of a task that can't be decided",
                    view().desired(new DesiredLease.Unready("")).lease(FRESH).neighbour(WITHDRAWN, false),
                    "Reap withdrawn",
                    "Refuse(WITHDRAWN)",
                    "Wait"),
            row(
                    "a withdrawal from another task of the container ends the lease from before a restart",
                    view().desired(new DesiredLease.Unready(""))
                            .lease(FRESH)
                            .adopted()
                            .neighbour(WITHDRAWN, false),
                    "Reap withdrawn",
                    "Refuse(WITHDRAWN)",
                    "Wait"),
            row(
                    "nothing is issued while another task of the container is not listed yet",
                    view().desired(A).unlistedNeighbour(),
                    "Wait"),
            row(
                    "an existing lease is kept while another task of the container is not listed yet",
                    view().desired(A).lease(FRESH).unlistedNeighbour(),
                    "Wait until PT25M"),
            row(
                    "a lease of a task that is not listed yet ends if another task of its container is denied",
                    view().absent().lease(FRESH).adopted().neighbour(DENIED, false),
                    "Reap",
                    "Wait"),
            row(
                    "a lease of a task that is not listed yet is kept if another task is given the same",
                    view().absent().lease(FRESH).adopted().neighbour(A, false),
                    "Wait until PT50M"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void containerOfSeveralTasksIsPlanned(PlanRow row) {
        row.check();
    }
}
