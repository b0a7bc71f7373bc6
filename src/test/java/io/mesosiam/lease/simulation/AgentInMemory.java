package io.mesosiam.lease.simulation;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One host's agent: applies its controller's messages, and keeps its state while none arrive. As in the agent's own
 * store, the later of a refusal and a bound lease for one container and name applies.
 */
public final class AgentInMemory {
    public final MesosAgentId host;
    public final Map<LeaseId, Served> served = new HashMap<>();
    public final Map<Key, Delivery.Refuse> refused = new HashMap<>();
    public final Map<ContainerId, ReportedContainer> running = new HashMap<>();
    public Optional<Long> epoch = Optional.empty();

    /** The newest version of the policies that a controller has stated. */
    public long policies;

    public record Key(ContainerId container, CredentialName name) {}

    public record Served(Lease lease, Instant expiration) {}

    public AgentInMemory(MesosAgentId host) {
        this.host = host;
    }

    public List<HeldLease> held() {
        return served.entrySet().stream()
                .map(entry -> new HeldLease(
                        entry.getKey(),
                        entry.getValue().lease().identityHash(),
                        entry.getValue().expiration(),
                        entry.getValue().lease().container(),
                        Optional.of(entry.getValue().lease().name())))
                .toList();
    }

    /** Stops serving everything that is not in the complete state. */
    public void sync(List<Delivery> deliveries) {
        Map<LeaseId, Served> before = new HashMap<>(served);
        served.clear();
        refused.clear();
        for (Delivery entry : deliveries) {
            if (entry instanceof Delivery.Keep keep) {
                Served held = Optional.ofNullable(before.get(keep.lease().id()))
                        .or(() -> keep.heldAs().map(before::remove))
                        .orElseThrow(() -> new AssertionError("not held: " + keep));
                put(new Served(keep.lease(), held.expiration()));
            } else if (entry instanceof Delivery.Retain(LeaseId lease)) {
                put(Optional.ofNullable(before.get(lease)).orElseThrow());
            } else {
                receive(entry);
            }
        }
    }

    public void receive(Delivery delivery) {
        switch (delivery) {
            case Delivery.Serve serve -> {
                if (serve.session().secretAccessKey().reveal()[0] == 0) {
                    throw new AssertionError("zeroed key material for lease " + serve.lease());
                }
                put(new Served(serve.lease(), serve.session().expiration()));
            }
            case Delivery.Keep keep ->
                Optional.ofNullable(served.get(keep.lease().id()))
                        .or(() -> keep.heldAs().map(served::remove))
                        .ifPresent(before -> put(new Served(keep.lease(), before.expiration())));
            case Delivery.Refuse refuse -> refused.put(new Key(refuse.container(), refuse.name()), refuse);
            case Delivery.ClearRefusal back -> refused.remove(new Key(back.container(), back.name()));
            case Delivery.Policies stated -> policies = stated.version();
            case Delivery.Retain _ -> throw new AssertionError("only in a complete state");
            case Delivery.Withdraw withdraw -> served.remove(withdraw.lease());
        }
    }

    private void put(Served it) {
        served.put(it.lease().id(), it);
        it.lease()
                .container()
                .ifPresent(id -> refused.remove(new Key(id, it.lease().name())));
    }

    public void dropExpired(Instant now) {
        served.values().removeIf(it -> !now.isBefore(it.expiration()));
    }
}
