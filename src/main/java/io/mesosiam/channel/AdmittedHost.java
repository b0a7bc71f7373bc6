package io.mesosiam.channel;

import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.Claim;

/** The host of an admitted agent, with the claim under which this controller renews its leases. */
record AdmittedHost(MesosAgentId id, Claim claim, String agentVersion) {
    /** The same host under another claim. */
    AdmittedHost under(Claim next) {
        return new AdmittedHost(id, next, agentVersion);
    }
}
