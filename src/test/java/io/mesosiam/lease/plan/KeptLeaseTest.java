package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.ASKED;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DEAD;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.DUE;
import static io.mesosiam.lease.plan.TestLeases.FAILED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.PENDING;
import static io.mesosiam.lease.plan.TestLeases.RENEWING;
import static io.mesosiam.lease.plan.TestView.view;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** How a lease that policy gives is kept: bound, renewed, retried and expired. */
class KeptLeaseTest {
    static final List<PlanRow> ROWS = List.of(
            row("a lease is kept until its renewal", view().desired(A).lease(FRESH), "Wait until PT25M"),
            row("a lease that is due is renewed", view().desired(A).lease(DUE), "Renew(a)"),
            row(
                    "a lease is not renewed while a request is pending",
                    view().desired(A).lease(DUE).requesting()),
            row("a lease whose session has ended expires", view().desired(A).lease(DEAD), "Expire"),
            row("a failed lease requests its session again", view().desired(A).lease(FAILED), "Request(a)"),
            row(
                    "a failed lease requests nothing during the backoff",
                    view().desired(A).lease(FAILED).backoff(15),
                    "Wait until PT15S"),
            row(
                    "a pending lease without a call requests its session",
                    view().desired(A).lease(PENDING),
                    "Request(a)"),
            row(
                    "an on-ask lease is renewed without a request of the container",
                    view().desired(ASKED).lease(DUE),
                    "Renew(a)"),
            row(
                    "a lease is bound when its container is known",
                    view().desired(A).lease(FRESH).leaseUnbound(),
                    "Bind",
                    "Wait until PT25M"),
            row(
                    "a lease is renewed while the journal is closed",
                    view().desired(A).lease(DUE).closed(),
                    "Renew(a)"),
            row(
                    "a lease out of sight is renewed while the agent reports its container",
                    view().desired(A).lease(DUE).outOfSight(Duration.ofHours(23), true),
                    "Renew(a)"),
            row(
                    "a lease out of sight is not renewed if the agent doesn't report its container",
                    view().desired(A).lease(DUE).outOfSight(Duration.ofMinutes(1), false),
                    "Wait until PT5S"),
            row(
                    "a lease out of sight is not renewed after the limit",
                    view().desired(A).lease(DUE).outOfSight(Duration.ofHours(24), true),
                    "Wait until PT5S"),
            row(
                    "a lease out of sight whose renewal was recorded before a restart is renewed while the agent reports its container",
                    view().desired(A).lease(RENEWING).outOfSight(Duration.ofHours(23), true),
                    "Renew(a)"),
            row(
                    "a lease out of sight whose renewal was recorded before a restart is not renewed if the agent doesn't report its container",
                    view().desired(A).lease(RENEWING).outOfSight(Duration.ofMinutes(1), false),
                    "Wait until PT5S"),
            row(
                    "a lease is kept although its task isn't listed",
                    view().absent().lease(FRESH).outOfSight(Duration.ofHours(9), false),
                    "Wait until PT25M"),
            row(
                    "a lease is kept although its host's agent isn't connected",
                    view().desired(DENIED).lease(FRESH).disconnected(),
                    "Wait"),
            row("another role replaces the lease", view().desired(B).lease(FRESH), "Reap", "Issue(b)"),
            row(
                    "a lease whose session has become impossible is reaped",
                    view().desired(new DesiredLease.Impossible(A.policy(), "")).lease(FRESH),
                    "Reap",
                    "Refuse(SESSION_IMPOSSIBLE)",
                    "Wait"),
            row(
                    "a lease that its agent does not serve reports that wait before its renewal",
                    view().desired(A).lease(FRESH).notServed(),
                    "Wait",
                    "Wait until PT25M"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void existingLeaseIsPlanned(PlanRow row) {
        row.check();
    }
}
