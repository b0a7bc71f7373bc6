package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.NewestHosts;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** The last fault with which a stream of each host was refused or ended, for operators. Thread-safe. */
public final class LastFaults {
    private final Map<MesosAgentId, LastFault> byHost = NewestHosts.map();
    private final InstantSource clock;

    LastFaults(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * A fault.
     *
     * @param lasting whether it lasts until an operator acts
     * @param address the remote address of the agent that received it
     */
    public record LastFault(String code, String message, boolean lasting, Instant at, String address) {}

    void put(MesosAgentId host, Fault fault, String address) {
        boolean lasting = fault.persistence() instanceof Fault.Lasting;
        byHost.put(host, new LastFault(fault.code(), fault.message(), lasting, clock.instant(), address));
    }

    /** The last fault of a host; empty if there was none since this controller started. */
    public Optional<LastFault> of(MesosAgentId host) {
        return Optional.ofNullable(byHost.get(host));
    }
}
