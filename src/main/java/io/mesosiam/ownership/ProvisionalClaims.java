package io.mesosiam.ownership;

import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;

/** The newest epoch of this controller for each host, under which it can claim the host while Postgres does not answer. */
public final class ProvisionalClaims {
    private final Map<MesosAgentId, Long> epochs = NewestHosts.map();

    /** Records a claim that Postgres has answered. */
    public void recorded(MesosAgentId host, Claim claim) {
        epochs.merge(host, claim.epoch(), Math::max);
    }

    /** A provisional claim under the last epoch of this controller, or 0 if it has none. */
    public Claim claim(MesosAgentId host) {
        return new Claim(epochs.getOrDefault(host, 0L), true, false, true);
    }
}
