package io.mesosiam.api;

import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.ownership.HostOwners;
import io.mesosiam.ownership.HostOwners.Owner;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The controller that answers a request. Answers that differ from controller to controller name it. */
@Singleton
public final class AnsweringController {
    private final String id;
    private final Reconciler reconciler;
    private final HostOwners owners;

    @Inject
    AnsweringController(
            Reconciler reconciler,
            HostOwners owners,
            @ConfigProperty(name = "mesos-iam.channel.controller-id") Optional<String> configured) {
        this.reconciler = reconciler;
        this.owners = owners;
        this.id = ControllerId.of(configured).value();
    }

    /**
     * Whether another controller has a host: its agent is connected there, according to the database at most a second ago.
     * Blocks on the database: call on virtual threads only.
     */
    public Predicate<MesosAgentId> others() {
        return matching(owners.all(), Owner::isConnected).keySet()::contains;
    }

    /**
     * The hosts that another controller has, or had last: what it has recorded of their leases is newer than what this one
     * knows. Blocks on the database: call on virtual threads only.
     */
    public Set<MesosAgentId> elsewhere() {
        return matching(owners.all(), _ -> true).keySet();
    }

    /** Whether the database didn't answer when hosts were read last, so that further reads needn't wait for it. */
    public boolean isDatabaseAway() {
        return owners.isAway();
    }

    /** The names of the hosts whose agents are connected to other controllers, as the database had them at most a second ago. */
    public Uni<Set<String>> namesElsewhere() {
        return owners.read().map(rows -> matching(rows, Owner::isConnected).values().stream()
                .map(Owner::hostname)
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** The rows of hosts that are not connected here, and that another controller has claimed last. */
    private Map<MesosAgentId, Owner> matching(Map<MesosAgentId, Owner> rows, Predicate<Owner> which) {
        Set<MesosAgentId> here = reconciler.policies().current().hosts().keySet();
        return rows.entrySet().stream()
                .filter(host -> !here.contains(host.getKey()) && which.test(host.getValue()))
                .filter(host -> host.getValue()
                        .controllerId()
                        .filter(owner -> !owner.equals(id))
                        .isPresent())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Its id, as column {@code controller_id} of table {@code agent} has it. */
    public String id() {
        return id;
    }
}
