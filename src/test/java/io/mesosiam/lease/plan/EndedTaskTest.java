package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.ASKED;
import static io.mesosiam.lease.plan.TestLeases.B;
import static io.mesosiam.lease.plan.TestLeases.DEAD;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.DENIED_BY_AWS;
import static io.mesosiam.lease.plan.TestLeases.FAILED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.NOW;
import static io.mesosiam.lease.plan.TestLeases.RENEWING;
import static io.mesosiam.lease.plan.TestLeases.SHORT;
import static io.mesosiam.lease.plan.TestView.view;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The end of a task, and of one of several tasks in a container. */
class EndedTaskTest {
    static final List<PlanRow> ROWS = List.of(
            row("an ended task's lease is reaped", view().ended().lease(FRESH), "Reap proven", "Refuse(ENDED)"),
            row(
                    "an ended task's lease is reaped although its host isn't connected",
                    view().ended().lease(FRESH).disconnected(),
                    "Reap proven"),
            row(
                    "a container that has ended is not refused",
                    view().ended().lease(FRESH).containerGone(),
                    "Reap proven"),
            row("an ended task without a lease needs nothing", view().ended()),
            row(
                    "an ended task's container isn't refused while another of its tasks runs",
                    view().ended().lease(FRESH).neighbour(A, false),
                    "HandOver(a)"),
            row(
                    "a session under renewal is handed over to a task that is given the same",
                    view().ended().lease(RENEWING).neighbour(A, false),
                    "HandOver(a)"),
            row(
                    "a session is handed over to a task that is given the same on request",
                    view().ended().lease(FRESH).neighbour(ASKED, false),
                    "HandOver(a)"),
            row(
                    "a session is handed over while the journal is behind",
                    view().ended().lease(FRESH).closed().neighbour(A, false),
                    "HandOver(a)"),
            row(
                    "a session is handed over while STS refuses the same to others",
                    view().ended().lease(FRESH).backoff(15, DENIED_BY_AWS).neighbour(A, false),
                    "HandOver(a)"),
            row(
                    "a session is handed over only by the controller that the host's agent connects to",
                    view().ended().lease(FRESH).disconnected().neighbour(A, false),
                    "Wait"),
            row(
                    "a session that the other task isn't given ends with its own task",
                    view().ended().lease(FRESH).neighbour(B, false),
                    "Reap proven"),
            row(
                    "a session that the other task is denied ends with its own task",
                    view().ended().lease(FRESH).neighbour(DENIED, false),
                    "Reap proven"),
            row(
                    "a session ends with its own task, even without an agent, if the other task is denied it",
                    view().ended().lease(FRESH).disconnected().neighbour(DENIED, false),
                    "Reap proven"),
            row(
                    "a session ends with its own task if the other task can't be decided yet",
                    view().ended().lease(FRESH).neighbour(new DesiredLease.Unready(""), false),
                    "Reap proven"),
            row(
                    "a session ends with its own task if the policies of the other task conflict",
                    view().ended()
                            .lease(FRESH)
                            .neighbour(new DesiredLease.Conflicting("conflict", List.of(A, B)), false),
                    "Reap proven"),
            row(
                    "a session ends with its own task if the other task is not listed yet",
                    view().ended().lease(FRESH).unlistedNeighbour(),
                    "Reap proven"),
            row(
                    "a session that was withdrawn from its task is not handed over",
                    view().ended().lease(FRESH).withdrawn().neighbour(A, false),
                    "Reap proven"),
            row(
                    "a session whose lease is past its time to live is not handed over",
                    view().ended().lease(FRESH).leaseUntil(NOW).neighbour(A, false),
                    "Reap proven"),
            row(
                    "a session whose lease has time to live left is handed over",
                    view().ended().lease(FRESH).leaseUntil(NOW.plusSeconds(1)).neighbour(A, false),
                    "HandOver(a)"),
            row(
                    "a session is not handed over to a task whose time to live, counted from its first lease, is over",
                    view().ended().lease(FRESH).leaseAge(Duration.ofHours(2)).neighbour(SHORT, false),
                    "Reap proven"),
            row(
                    "a session that has ended is not handed over",
                    view().ended().lease(DEAD).neighbour(A, false),
                    "Reap proven"),
            row(
                    "a session that the host's agent does not serve is not handed over",
                    view().ended().lease(FRESH).notServed().neighbour(A, false),
                    "Reap proven"),
            row(
                    "a lease without a session is not handed over",
                    view().ended().lease(FAILED).neighbour(A, false),
                    "Reap proven"),
            row(
                    "a session that serves no container yet is not handed over",
                    view().ended().lease(FRESH).leaseUnbound().neighbour(A, false),
                    "Reap proven"));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void endOfATaskIsPlanned(PlanRow row) {
        row.check();
    }
}
