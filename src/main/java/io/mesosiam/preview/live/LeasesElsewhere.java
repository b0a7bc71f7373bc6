package io.mesosiam.preview.live;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.preview.Effect;
import io.mesosiam.preview.Reached;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;

/**
 * Leases on hosts whose agents are connected to other controllers, as the database has them. Those controllers may have
 * issued them after this one started.
 */
@FunctionalInterface
public interface LeasesElsewhere {
    /** For how many effects leases are read and in memory at a time: a change can touch all tasks of a cluster. */
    int AT_A_TIME = 1000;

    /**
     * The live leases of these tasks. Blocks.
     *
     * @throws RuntimeException if the database can't be read
     */
    Collection<Lease> live(Collection<TaskKey> tasks);

    /** The number of live leases of all controllers; empty if the database can't be read. Blocks. */
    default OptionalLong count() {
        return OptionalLong.empty();
    }

    /**
     * What reaches an IAM role, with the leases of other controllers' hosts. Blocks.
     *
     * @throws RuntimeException if the database can't be read
     */
    default List<Reached> reaching(List<Reached> reached) {
        return reached.stream()
                .gather(Gatherers.windowFixed(AT_A_TIME))
                .flatMap(part -> {
                    Map<Place, Lease> leases = of(part.stream()
                            .filter(each -> !each.connected())
                            .map(each -> each.launch().key())
                            .collect(Collectors.toSet()));
                    return part.stream()
                            .map(each -> each.connected()
                                    ? each
                                    : each.having(Optional.ofNullable(
                                                    leases.get(Place.of(new LeaseKey(each.launch(), each.name()))))
                                            .filter(lease -> lease.role()
                                                    .equals(each.gift().role()))));
                })
                .toList();
    }

    /** What a lease is for, without the launch's sequence number: each controller counts launches itself. */
    record Place(TaskKey task, CredentialName name) {
        static Place of(LeaseKey key) {
            return new Place(key.launch().key(), key.name());
        }
    }

    /**
     * The effects, with the leases that end on other controllers' hosts. A lease is kept if the change gives the same
     * session, or if policies conflict or can't be evaluated after it.
     */
    default List<Effect> completed(List<Effect> effects) {
        return effects.stream()
                .gather(Gatherers.windowFixed(AT_A_TIME))
                .flatMap(part -> completedPart(part).stream())
                .toList();
    }

    private List<Effect> completedPart(List<Effect> effects) {
        Set<TaskKey> tasks = effects.stream()
                .filter(LeasesElsewhere::mayEndAnotherLease)
                .map(effect -> effect.launch().key())
                .collect(Collectors.toSet());
        Map<Place, Lease> leases = of(tasks);
        return effects.stream().map(effect -> completed(effect, leases)).toList();
    }

    private Map<Place, Lease> of(Set<TaskKey> tasks) {
        Map<Place, Lease> leases = new HashMap<>();
        if (!tasks.isEmpty()) {
            live(tasks).stream().filter(Lease::isLive).forEach(lease -> leases.put(Place.of(lease.key()), lease));
        }
        return leases;
    }

    private static boolean mayEndAnotherLease(Effect effect) {
        return !effect.connected() && effect.ends().isEmpty() && !effect.conflict() && !effect.undecided();
    }

    private static Effect completed(Effect effect, Map<Place, Lease> leases) {
        return Optional.ofNullable(leases.get(Place.of(new LeaseKey(effect.launch(), effect.name()))))
                .filter(lease -> mayEndAnotherLease(effect)
                        && effect.after()
                                .filter(gift -> gift.identityHash().equals(lease.identityHash()))
                                .isEmpty())
                .map(effect::ending)
                .orElse(effect);
    }
}
