package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.A_OF_ANOTHER;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.NOW;
import static io.mesosiam.lease.plan.TestLeases.SHORT;
import static io.mesosiam.lease.plan.TestLeases.SHORT_OF_ANOTHER;
import static io.mesosiam.lease.plan.TestView.view;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The time to live of leases. */
class TimeToLiveTest {
    static final List<PlanRow> ROWS = List.of(
            row(
                    "a lease whose time to live has ended is withdrawn",
                    view().desired(SHORT).lease(FRESH).leaseAge(Duration.ofHours(2)),
                    "Withdraw",
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "a lease is kept until its time to live ends",
                    view().desired(SHORT)
                            .lease(FRESH)
                            .leaseAge(Duration.ofMinutes(110))
                            .leaseUntil(NOW.plus(Duration.ofMinutes(10))),
                    "Wait until PT10M",
                    "Wait until PT25M"),
            row(
                    "a time to live that policy extends is recorded in the lease",
                    view().desired(SHORT)
                            .lease(FRESH)
                            .leaseAge(Duration.ofMinutes(110))
                            .leaseUntil(NOW.plus(Duration.ofMinutes(5))),
                    "Limit to PT10M",
                    "Wait until PT10M",
                    "Wait until PT25M"),
            row(
                    "a time to live that policy introduces is recorded in the lease",
                    view().desired(SHORT).lease(FRESH).leaseAge(Duration.ofMinutes(110)),
                    "Limit to PT10M",
                    "Wait until PT10M",
                    "Wait until PT25M"),
            row(
                    "a time to live that policy no longer limits is removed from the lease",
                    view().desired(A).lease(FRESH).leaseUntil(NOW.plus(Duration.ofMinutes(5))),
                    "Limit",
                    "Wait until PT25M"),
            row(
                    "a time to live that policy shortens while the task is undecided applies",
                    view().desired(new DesiredLease.Unready("", List.of(SHORT)))
                            .lease(FRESH)
                            .leaseAge(Duration.ofHours(2)),
                    "Withdraw",
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "a conflict keeps the time to live of the lease's own policy",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(SHORT_OF_ANOTHER, A)))
                            .lease(FRESH)
                            .leaseAge(Duration.ofHours(2)),
                    "Wait",
                    "Wait until PT25M"),
            row(
                    "a conflict without the lease's own policy keeps the shortest time to live",
                    view().desired(new DesiredLease.Conflicting("conflict", List.of(A_OF_ANOTHER, SHORT_OF_ANOTHER)))
                            .lease(FRESH)
                            .leaseAge(Duration.ofHours(2)),
                    "Withdraw",
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "a time to live also ends while the task is undecided",
                    view().desired(new DesiredLease.Unready("", List.of(SHORT)))
                            .lease(FRESH)
                            .adopted()
                            .leaseAge(Duration.ofHours(2)),
                    "Withdraw",
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "a time to live ends after a restart also if nothing is known of what policies give",
                    view().desired(new DesiredLease.Unready(""))
                            .lease(FRESH)
                            .adopted()
                            .leaseUntil(NOW.minusSeconds(1)),
                    "Withdraw",
                    "Reap",
                    "Refuse(WITHDRAWN)"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void timeToLiveIsPlanned(PlanRow row) {
        row.check();
    }
}
