package io.mesosiam.channel;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that the holder of a certificate runs on the host that it claims: the Mesos agent with the claimed id must be
 * registered with the leading master, and its address or host name must be exactly one of the names of the certificate.
 * Pure.
 */
final class MesosHostCheck {
    private MesosHostCheck() {}

    /** The result of the check. */
    sealed interface Finding {
        /** The certificate names the host of the Mesos agent. */
        record Same(MesosAgent agent) implements Finding {}

        /** The master does not show the Mesos agent, temporarily or permanently. */
        record NotRegistered() implements Finding {}

        /** The Mesos agent is not on the host that the certificate names. */
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

    /**
     * All names of the host in the form of {@link CertificateNames#texts}: those of the certificate, and of a host that has the
     * claimed Mesos agent also those that the master shows for it.
     */
    static Set<String> names(CertificateNames certificate, Optional<MesosAgentId> claimed, ClusterState cluster) {
        Set<String> names = new HashSet<>(certificate.texts());
        if (claimed.isPresent()
                && check(certificate, claimed.get(), cluster) instanceof Finding.Same(MesosAgent agent)) {
            names.add(CertificateNames.text(agent.hostname()));
            names.add(CertificateNames.text(agent.address()));
        }
        return names;
    }
}
