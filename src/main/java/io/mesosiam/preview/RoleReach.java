package io.mesosiam.preview;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the running tasks that reach an IAM role under one set of policies, by the rules of the planner. */
public final class RoleReach {
    private final LeasePlanner planner;
    private final Given given;

    /** @param decider decides by the policies in question */
    public RoleReach(LeasePlanner planner, SessionSource source, Decider decider, ClusterState state) {
        this.planner = planner;
        this.given = new Given(decider, source, state);
    }

    /** The enabled policies that allow the IAM role. */
    public static List<Policy> policies(IamRole role, PolicySet set) {
        return set.policies().stream()
                .filter(policy -> policy.enabled() && gives(policy, role))
                .toList();
    }

    /** The launches whose tasks those policies may concern. No other task is given the IAM role. */
    public static Set<Launch> candidates(IamRole role, PolicySet set, ClusterState state) {
        PolicySet.Selection giving = set.only(policy -> gives(policy, role));
        return state.launches().values().stream()
                .filter(task -> task.end().isEmpty() && giving.concerns(Subject.of(task, state)))
                .map(LaunchedTask::launch)
                .collect(Collectors.toSet());
    }

    /** Whether the policy allows the IAM role to the tasks that it matches. */
    public static boolean gives(Policy policy, IamRole role) {
        return policy.rule() instanceof Rule.Allow allow
                && allow.entitlement().role().equals(role);
    }

    /**
     * Returns the tasks of one container that reach the IAM role.
     *
     * @param facts what is known of each of them, without decisions
     */
    public List<Reached> reaching(IamRole role, List<LaunchView> facts) {
        List<LaunchView> running =
                facts.stream().filter(view -> view.end().isEmpty()).toList();
        SettledContainer settled = new SettledContainer(planner, running, given.to(running));
        List<Reached> reached = new ArrayList<>();
        running.forEach(view -> settled.standings(view.launch()).forEach((name, standing) -> standing.gift()
                .filter(gift -> gift.role().equals(role))
                .ifPresent(gift -> reached.add(new Reached(
                        view.launch(),
                        view.task(),
                        name,
                        gift,
                        standing.lease().filter(lease -> exists(lease, view, name)),
                        view.host().connected())))));
        return reached;
    }

    /** False for a lease that would be issued in the same place. */
    private static boolean exists(Lease lease, LaunchView view, CredentialName name) {
        return Optional.ofNullable(view.leases().get(name))
                .filter(own -> own.lease().id().equals(lease.id()))
                .isPresent();
    }
}
