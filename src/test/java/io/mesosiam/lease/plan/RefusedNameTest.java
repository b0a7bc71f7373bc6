package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.PlanRow.row;
import static io.mesosiam.lease.plan.TestLeases.A;
import static io.mesosiam.lease.plan.TestLeases.DENIED;
import static io.mesosiam.lease.plan.TestLeases.FRESH;
import static io.mesosiam.lease.plan.TestLeases.NO_POLICY;
import static io.mesosiam.lease.plan.TestView.view;

import io.mesosiam.lease.Refusal.RefusalCode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What policy or a withdrawal refuses. */
class RefusedNameTest {
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
                    "a refusal is taken back when policy gives",
                    view().desired(A).refused(RefusalCode.DENIED, "denied"),
                    "ClearRefusal",
                    "Issue(a)"),
            row("a denied lease is reaped", view().desired(DENIED).lease(FRESH), "Reap", "Refuse(DENIED)"),
            row("a lease without a policy is reaped", view().lease(FRESH), "Reap", "Refuse(NO_POLICY)"),
            row("a withdrawn lease is reaped", view().desired(A).lease(FRESH).withdrawn(), "Reap", "Refuse(WITHDRAWN)"),
            row(
                    "a name that is refused because of a withdrawal stays refused",
                    view().desired(A).withdrawn().refused(RefusalCode.WITHDRAWN, "the credentials were withdrawn")));

    @ParameterizedTest(name = "{0}")
    @FieldSource("ROWS")
    void refusalIsPlanned(PlanRow row) {
        row.check();
    }
}
