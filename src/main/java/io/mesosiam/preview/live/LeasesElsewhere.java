package io.mesosiam.preview.live;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.preview.Effect;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Leases on hosts whose agents are connected to other controllers, as the database has them. Those controllers may have
 * issued them after this one started.
 */
@FunctionalInterface
public interface LeasesElsewhere {
    /**
     * The live leases on these hosts. Blocks.
     *
     * @throws RuntimeException if the database can't be read
     */
    Collection<Lease> live(Collection<MesosAgentId> hosts);

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
        Set<MesosAgentId> hosts = effects.stream()
                .filter(LeasesElsewhere::mayEndAnotherLease)
                .map(effect -> effect.launch().key().agent())
                .collect(Collectors.toSet());
        if (hosts.isEmpty()) {
            return effects;
        }
        Map<Place, Lease> leases = new HashMap<>();
        live(hosts).stream().filter(Lease::isLive).forEach(lease -> leases.put(Place.of(lease.key()), lease));
        return effects.stream().map(effect -> completed(effect, leases)).toList();
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
