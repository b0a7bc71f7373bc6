package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.A_OF_ANOTHER;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.NO_POLICY;
import static io.mesosiam.lease.plan.TestView.view;

import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.TestLaunches;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What policy or a withdrawal refuses. */
class RefusedNameTest {
    private static final Withdrawal.Given OF_POLICY = new Withdrawal.Given(Optional.of(A.policy()), Optional.empty());
    private static final Withdrawal.Given OF_ANOTHER_POLICY =
            new Withdrawal.Given(Optional.of(A_OF_ANOTHER.policy()), Optional.empty());
    private static final Withdrawal.Given OF_ROLE =
            new Withdrawal.Given(Optional.empty(), Optional.of(A.entitlement().role()));
    private static final Withdrawal.Given OF_ANOTHER_ROLE =
            new Withdrawal.Given(Optional.of(A.policy()), Optional.of(TestLaunches.role("another")));

    static final List<PlanRow> ROWS = List.of(
            row("without a policy a container that requests nothing is not refused", view().desired(NO_POLICY)),
            row(
                    "without a policy a container that requests the name is refused",
                    view().desired(NO_POLICY).asked(),
                    "Refuse(NO_POLICY)"),
            row("a name that no policy mentions is refused", view().asked(), "Refuse(NO_POLICY)"),
            row("a denial is refused at once", view().desired(DENIED), "Refuse(DENIED)"),
            row(
                    "a refusal that the container already has is not sent again",
                    view().desired(DENIED).refused(RefusalCode.DENIED, "denied")),
            row("without a container nothing is refused", view().unbound().desired(DENIED)),
            row(
                    "a withdrawn task whose container is no longer known gives up the refusal there",
                    view().unbound().desired(A).withdrawn().refused(RefusalCode.WITHDRAWN, "withdrawn"),
                    "ClearRefusal"),
            row(
                    "a refusal is taken back when policy gives",
                    view().desired(A).refused(RefusalCode.DENIED, "denied"),
                    "ClearRefusal",
                    "Issue(a)"),
            row("a denied lease is reaped", view().desired(DENIED).lease(FRESH), "Reap", "Refuse(DENIED)"),
            row("a lease without a policy is reaped", view().lease(FRESH), "Reap", "Refuse(NO_POLICY)"),
            row("a withdrawn lease is reaped", view().desired(A).lease(FRESH).withdrawn(), "Reap", "Refuse(WITHDRAWN)"),
            row(
                    "a lease that a withdrawn policy gives is reaped",
                    view().desired(A).lease(FRESH).withdrawn(OF_POLICY),
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "a lease that a withdrawn policy gave is reaped while policy can't be evaluated",
                    view().desired(new DesiredLease.Unready("later"))
                            .lease(FRESH)
                            .withdrawn(OF_POLICY),
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "a lease of a withdrawn IAM role is reaped",
                    view().desired(A).lease(FRESH).withdrawn(OF_ROLE),
                    "Reap",
                    "Refuse(WITHDRAWN)"),
            row(
                    "nothing is issued that a withdrawn policy gives",
                    view().desired(A).withdrawn(OF_POLICY),
                    "Refuse(WITHDRAWN)"),
            row(
                    "no session of a withdrawn IAM role is issued",
                    view().desired(A).withdrawn(OF_ROLE),
                    "Refuse(WITHDRAWN)"),
            row(
                    "a withdrawal of another policy changes nothing",
                    view().desired(A).lease(FRESH).withdrawn(OF_ANOTHER_POLICY),
                    "Wait until PT25M"),
            row(
                    "a withdrawal of another IAM role changes nothing",
                    view().desired(A).lease(FRESH).withdrawn(OF_ANOTHER_ROLE),
                    "Wait until PT25M"),
            row(
                    "a name that is refused because of a withdrawal stays refused",
                    view().desired(A).withdrawn().refused(RefusalCode.WITHDRAWN, "the credentials were withdrawn")));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void refusalIsPlanned(PlanRow row) {
        row.check();
    }
}
