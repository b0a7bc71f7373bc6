package io.mesosiam.channel;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.Claim;
import java.util.Optional;
import java.util.OptionalLong;

/** How far a stream has come. The stages follow each other in this order; any of them can be followed by the end. */
sealed interface Stage {
    /**
     * The host of an admitted agent, with the claim under which this controller renews its leases.
     *
     * @param servedUnder the epoch under which the agent was served before this stream, as it says
     */
    record AdmittedHost(MesosAgentId id, Claim claim, String agentVersion, OptionalLong servedUnder) {
        AdmittedHost under(Claim next) {
            return new AdmittedHost(id, next, agentVersion, servedUnder);
        }
    }

    /** The agent is not admitted: its hello has not arrived, or is being checked. */
    record Connected() implements Stage {}

    /**
     * The agent is admitted. The state of the host is not sent yet; it will contain earlier deliveries, which are dropped.
     */
    record Admitted(AdmittedHost host) implements Stage {
        Serving serving() {
            return new Serving(host);
        }
    }

    /** The agent receives changes, after the state of its host. */
    record Serving(AdmittedHost host) implements Stage {}

    /**
     * The stream has ended.
     *
     * @param host empty if the agent was not admitted
     * @param served whether the agent was sent the state of its host
     */
    record Ended(Optional<AdmittedHost> host, boolean served) implements Stage {}

    /** The host of the stream; empty if the agent is not admitted. */
    default Optional<AdmittedHost> admitted() {
        return switch (this) {
            case Connected() -> Optional.empty();
            case Admitted(AdmittedHost host) -> Optional.of(host);
            case Serving(AdmittedHost host) -> Optional.of(host);
            case Ended(Optional<AdmittedHost> host, boolean _) -> host;
        };
    }

    /** Whether the agent was sent the state of its host. */
    default boolean served() {
        return switch (this) {
            case Connected _, Admitted _ -> false;
            case Serving _ -> true;
            case Ended(Optional<AdmittedHost> _, boolean served) -> served;
        };
    }

    /** The same stage, with the host of an admitted agent under another claim. */
    default Stage under(Claim claim) {
        return switch (this) {
            case Connected connected -> connected;
            case Admitted(AdmittedHost host) -> new Admitted(host.under(claim));
            case Serving(AdmittedHost host) -> new Serving(host.under(claim));
            case Ended(Optional<AdmittedHost> host, boolean served) ->
                new Ended(host.map(known -> known.under(claim)), served);
        };
    }

    /** The end after this stage. */
    default Ended ended() {
        return new Ended(admitted(), served());
    }
}
