package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DEAD;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.DUE;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestView.view;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A task for which policy can't be evaluated yet. */
class UndecidedTest {
    static final List<PlanRow> ROWS = List.of(
            row(
                    "a lease is kept although its framework isn't listed",
                    view().desired(new DesiredLease.Unready("")).lease(DUE),
                    "Renew(a)"),
            row(
                    "a lease from before a restart is renewed while undecided if a policy still gives it",
                    view().desired(new DesiredLease.Unready("", List.of(B, A)))
                            .lease(DUE)
                            .adopted(),
                    "Renew(a)"),
            row(
                    "a lease from before a restart that no policy gives waits while undecided",
                    view().desired(new DesiredLease.Unready("", List.of(B)))
                            .lease(DUE)
                            .adopted(),
                    "Wait until PT25M"),
            row(
                    "a lease from before a restart that no policy gives has no session any more once that has ended",
                    view().desired(new DesiredLease.Unready("", List.of(B)))
                            .lease(DEAD)
                            .adopted(),
                    "Expire",
                    "Wait"),
            row(
                    "a lease that the policies have decided against ends while withdrawals can't be read",
                    view().desired(new DesiredLease.Narrowed("", List.of(B))).lease(FRESH),
                    "Reap",
                    "Wait"),
            row(
                    "a lease that the policies have decided for renews while withdrawals can't be read",
                    view().desired(new DesiredLease.Narrowed("", List.of(A))).lease(DUE),
                    "Renew(a)"),
            row(
                    "a lease of a task that can't be decided ends if another task of the container is denied",
                    view().desired(new DesiredLease.Unready("")).lease(FRESH).neighbour(DENIED, false),
                    "Reap",
                    "Refuse(CONFLICT)"),
            row(
                    "a lease of a task that can't be decided stays beside another task that can't be decided",
                    view().desired(new DesiredLease.Unready(""))
                            .lease(FRESH)
                            .neighbour(new DesiredLease.Unready(""), false),
                    "Wait until PT25M"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void undecidedTaskIsPlanned(PlanRow row) {
        row.check();
    }
}
