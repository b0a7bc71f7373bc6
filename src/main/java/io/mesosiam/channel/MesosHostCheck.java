package io.mesosiam.channel;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Optional;

/**
 * Whether the holder of a certificate is on the host that it says: the Mesos agent it claims to stand beside must be
 * registered with the leading master, and one of the certificate's names must be that Mesos agent's address or host
 * name, exactly. Pure.
 */
final class MesosHostCheck {
    private MesosHostCheck() {}

    /** What came of it. */
    sealed interface Finding {
        /** The certificate is that host's. */
        record Same(MesosAgent agent) implements Finding {}

        /** The master doesn't show that Mesos agent, for now or at all. */
        record NotRegistered() implements Finding {}

        /** The Mesos agent is on another host than the certificate's. */
        record Other(MesosAgent agent) implements Finding {}
    }

    static Finding check(CertificateNames certificate, MesosAgentId claimed, ClusterState cluster) {
        Optional<MesosAgent> registered = cluster.agent(claimed);
        if (registered.isEmpty()) {
            return new Finding.NotRegistered();
        }
        MesosAgent agent = registered.get();
        return certificate.contains(agent.address()) || certificate.contains(agent.hostname())
                ? new Finding.Same(agent)
                : new Finding.Other(agent);
    }
}
