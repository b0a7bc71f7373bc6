package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One host's agent: follows its controller's messages, and keeps what it has while none arrive. As in the agent's own store, of a refusal and a
 * bound lease for one container and name the later message counts.
 */
final class AgentInMemory {
    final MesosAgentId host;
    final Map<LeaseId, Served> served = new HashMap<>();
    final Map<Ask, Delivery.Refuse> refused = new HashMap<>();
    final Map<ContainerId, Long> running = new HashMap<>();
    Optional<Long> epoch = Optional.empty();

    record Ask(ContainerId container, CredentialName name) {}

    record Served(Lease lease, Instant expiration) {}

    AgentInMemory(MesosAgentId host) {
        this.host = host;
    }

    List<HeldLease> held() {
        return served.entrySet().stream()
                .map(entry -> new HeldLease(
                        entry.getKey(),
                        entry.getValue().lease().identityHash(),
                        entry.getValue().expiration()))
                .toList();
    }

    /** What isn't in the state of the world isn't served any more. */
    void sync(List<Delivery> dependencies) {
        Map<LeaseId, Served> before = new HashMap<>(served);
        served.clear();
        refused.clear();
        for (Delivery entry : dependencies) {
            if (entry instanceof Delivery.Keep keep) {
                Served held = Optional.ofNullable(before.get(keep.lease().id()))
                        .or(() -> keep.heldAs().map(before::remove))
                        .orElseThrow(() -> new AssertionError("not held: " + keep));
                put(new Served(keep.lease(), held.expiration()));
            } else {
                receive(entry);
            }
        }
    }

    void receive(Delivery delivery) {
        switch (delivery) {
            case Delivery.Serve serve -> {
                if (serve.session().secretAccessKey().reveal()[0] == 0) {
                    throw new AssertionError("zeroed key material for " + serve.lease());
                }
                put(new Served(serve.lease(), serve.session().expiration()));
            }
            case Delivery.Keep keep ->
                Optional.ofNullable(served.get(keep.lease().id()))
                        .or(() -> keep.heldAs().map(served::remove))
                        .ifPresent(before -> put(new Served(keep.lease(), before.expiration())));
            case Delivery.Refuse refuse -> refused.put(new Ask(refuse.container(), refuse.name()), refuse);
            case Delivery.ClearRefusal back -> refused.remove(new Ask(back.container(), back.name()));
            case Delivery.Withdraw withdraw -> served.remove(withdraw.lease());
        }
    }

    private void put(Served it) {
        served.put(it.lease().id(), it);
        it.lease()
                .container()
                .ifPresent(id -> refused.remove(new Ask(id, it.lease().name())));
    }

    void dropExpired(Instant now) {
        served.values().removeIf(it -> !now.isBefore(it.expiration()));
    }
}
