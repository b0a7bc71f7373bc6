package io.mesosiam.lease.plan;

import static io.mesosiam.lease.plan.TestLeases.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/** One row of a table of plans: the plan of a view, one text for each action. */
record PlanRow(String name, TestView view, List<String> plan) {
    private static final LeasePlanner PLANNER = new LeasePlanner(Duration.ofHours(24));

    static PlanRow row(String name, TestView view, String... plan) {
        return new PlanRow(name, view, List.of(plan));
    }

    @Override
    public String toString() {
        return name;
    }

    void check() {
        assertThat(PLANNER.plan(view.build()).actions().stream().map(PlanRow::describe))
                .isEqualTo(plan);
    }

    private static String describe(LeaseAction action) {
        return switch (action) {
            case LeaseAction.Withdraw _ -> "Withdraw";
            case LeaseAction.BindGrant _ -> "BindGrant";
            case LeaseAction.SuspendGrant _ -> "SuspendGrant";
            case LeaseAction.Reap reap ->
                reap.proven() ? "Reap proven" : reap.withdrawn().isPresent() ? "Reap withdrawn" : "Reap";
            case LeaseAction.HandOver handOver ->
                "HandOver(" + handOver.give().identity().sessionName() + ")";
            case LeaseAction.ClearRefusal _ -> "ClearRefusal";
            case LeaseAction.Refuse refuse -> "Refuse(" + refuse.refusal().code() + ")";
            case LeaseAction.Bind _ -> "Bind";
            case LeaseAction.Limit limit ->
                "Limit"
                        + limit.until()
                                .map(until -> " to " + Duration.between(NOW, until))
                                .orElse("");
            case LeaseAction.Expire _ -> "Expire";
            case LeaseAction.Issue issue ->
                "Issue(" + issue.give().identity().sessionName() + ")" + (issue.requestNow() ? "" : " later");
            case LeaseAction.Request request ->
                "Request(" + request.give().identity().sessionName() + ")";
            case LeaseAction.Renew renew -> "Renew(" + renew.give().identity().sessionName() + ")";
            case LeaseAction.Wait wait ->
                "Wait"
                        + wait.until()
                                .map(until -> " until " + Duration.between(NOW, until))
                                .orElse("");
        };
    }
}
