package io.mesosiam.api;

import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.ownership.HostOwners;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
        Map<MesosAgentId, HostOwners.Owner> rows = owners.all();
        Set<MesosAgentId> here = reconciler.policies().current().hosts().keySet();
        return host -> !here.contains(host)
                && Optional.ofNullable(rows.get(host))
                        .filter(HostOwners.Owner::isConnected)
                        .flatMap(HostOwners.Owner::controllerId)
                        .filter(owner -> !owner.equals(id))
                        .isPresent();
    }

    /** Its id, as column {@code controller_id} of table {@code agent} has it. */
    public String id() {
        return id;
    }
}
