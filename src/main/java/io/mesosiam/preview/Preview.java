package io.mesosiam.preview;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.plan.DesiredLease;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.plan.LeasePlanner;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what the planner makes of containers under two sets of policies. Both start from the same leases, and each
 * is followed until nothing changes any more, so what is pending anyway is not an effect of the change.
 *
 * <p>It is not predicted whether STS issues a session, nor what happens later without the change, such as the end of a
 * time to live that hasn't been reached.
 */
public final class Preview {
    private final LeasePlanner planner;
    private final Given before;
    private final Given after;

    /**
     * @param before decides as the policies do now
     * @param after decides as they do after the change
     * @param state from which frameworks and Mesos agents are taken
     */
    public Preview(LeasePlanner planner, SessionSource source, Decider before, Decider after, ClusterState state) {
        this.planner = planner;
        this.before = new Given(before, source, state);
        this.after = new Given(after, source, state);
    }

    /**
     * Returns what changes for the launches of one container.
     *
     * @param facts what is known of each of them, without decisions; launches that have ended are ignored, because no
     *     policy changes what happens to them
     */
    public List<Effect> effects(List<LaunchView> facts) {
        List<LaunchView> running =
                facts.stream().filter(view -> view.end().isEmpty()).toList();
        Map<Launch, Map<CredentialName, DesiredLease>> now = before.to(running);
        Map<Launch, Map<CredentialName, DesiredLease>> then = after.to(running);
        if (now.equals(then)) {
            return List.of();
        }
        SettledContainer first = new SettledContainer(planner, running, now);
        SettledContainer second = new SettledContainer(planner, running, then);
        Set<LeaseId> ending = new HashSet<>(first.leases());
        ending.removeAll(second.leases());
        return running.stream()
                .flatMap(view -> effects(view, first, second, ending).stream())
                .toList();
    }

    private static List<Effect> effects(
            LaunchView view, SettledContainer first, SettledContainer second, Set<LeaseId> ending) {
        Map<CredentialName, Standing> now = first.standings(view.launch());
        Map<CredentialName, Standing> then = second.standings(view.launch());
        Set<CredentialName> names = new HashSet<>(now.keySet());
        names.addAll(then.keySet());
        List<Effect> effects = new ArrayList<>();
        for (CredentialName name : names) {
            Optional<Lease> ends = Optional.ofNullable(view.leases().get(name))
                    .map(ManagedLease::lease)
                    .filter(lease -> ending.contains(lease.id()));
            Effect effect = effect(
                    view,
                    name,
                    now.getOrDefault(name, Standing.NOTHING),
                    then.getOrDefault(name, Standing.NOTHING),
                    ends);
            if (isEffect(effect, now.getOrDefault(name, Standing.NOTHING))) {
                effects.add(effect);
            }
        }
        return effects;
    }

    private static Effect effect(
            LaunchView view, CredentialName name, Standing now, Standing then, Optional<Lease> ends) {
        List<String> changed = now.gift()
                .flatMap(gift -> then.gift().map(other -> GiftChange.between(gift, other)))
                .orElse(List.of());
        return new Effect(
                view.launch(),
                view.task(),
                name,
                now.gift(),
                then.gift(),
                changed,
                then.conflict(),
                then.undecided(),
                then.refusal(),
                then.reason(),
                ends,
                view.host().connected());
    }

    /** A name that keeps what it has counts if it conflicts now, can't be decided now, or is refused for another reason. */
    private static boolean isEffect(Effect effect, Standing now) {
        return effect.kind() != Effect.Kind.KEEPS
                || effect.ends().isPresent()
                || effect.conflict() != now.conflict()
                || effect.undecided() != now.undecided()
                || !effect.refusal().equals(now.refusal());
    }
}
