package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.lease.NewestHosts;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Whether an agent that says hello is let in, and with which claim on its host.
 *
 * <p>Two things may be missing for a while and keep no running task from its renewals. The master may not show the Mesos
 * agent, after a failover or when it is away: then a host that was let in before comes in again, if the host name that
 * it was recorded with is still its certificate's. Postgres may be away: then the claim is provisional, and the agent is
 * asked to say hello again when Postgres is back. Where both are missing nobody comes in.
 */
final class Admission {
    private static final Logger LOG = Logger.getLogger(Admission.class);

    private final Supplier<ClusterState> cluster;
    private final AgentTable table;
    private final Map<MesosAgentId, Long> epochs = NewestHosts.map();

    Admission(Supplier<ClusterState> cluster, AgentTable table) {
        this.cluster = cluster;
        this.table = table;
    }

    /** Whether it is let in. */
    sealed interface Verdict {
        /** It is. */
        record Admitted(MesosAgentId host, Claim claim) implements Verdict {}

        /** It isn't. */
        record Refused(Fault fault) implements Verdict {}
    }

    Verdict admit(CertificateNames certificate, Hello hello) {
        if (hello.protocol() != Protocol.VERSION) {
            return refused(
                    "protocol-version",
                    "the agent speaks protocol version " + hello.protocol() + ", the controller " + Protocol.VERSION
                            + "; bring both to the same release");
        }
        MesosAgentId host;
        try {
            host = new MesosAgentId(hello.mesosAgentId());
        } catch (IllegalArgumentException e) {
            return refused("malformed", "mesosAgentId: " + e.getMessage());
        }
        return switch (MesosHostCheck.check(certificate, host, cluster.get())) {
            case MesosHostCheck.Finding.Same same ->
                new Verdict.Admitted(host, claim(host, same.agent().hostname(), hello.agentVersion()));
            case MesosHostCheck.Finding.NotRegistered missing -> admitAgain(certificate, host, hello.agentVersion());
            case MesosHostCheck.Finding.Other other -> mismatch(certificate, host, other);
        };
    }

    private Claim claim(MesosAgentId host, String hostname, String version) {
        try {
            return known(host, table.claim(host, hostname, version));
        } catch (AgentTable.AwayException e) {
            LOG.warnf(
                    "host claimed provisionally, the database is away reason=\"%s\" mesosAgentId=%s",
                    e.getMessage(), host);
            return new Claim(epochs.getOrDefault(host, 0L), true, false);
        }
    }

    private Claim known(MesosAgentId host, Claim claim) {
        epochs.merge(host, claim.epoch(), Math::max);
        if (claim.draining()) {
            LOG.infof("draining host connected mesosAgentId=%s", host);
        }
        return claim;
    }

    private Verdict admitAgain(CertificateNames certificate, MesosAgentId host, String version) {
        Optional<Claim> claim;
        try {
            claim = table.claimAgain(host, certificate.texts(), version);
        } catch (AgentTable.AwayException e) {
            LOG.warnf("host not looked up, the database is away reason=\"%s\" mesosAgentId=%s", e.getMessage(), host);
            claim = Optional.empty();
        }
        return claim.<Verdict>map(again -> new Verdict.Admitted(host, known(host, again)))
                .orElseGet(() -> new Verdict.Refused(Fault.passing(
                        "not-registered",
                        "no Mesos agent " + host + " is registered with the leading master; try again later")));
    }

    /** Somebody takes part under another host's name: the one thing here that an operator must hear of. */
    static Verdict.Refused mismatch(
            CertificateNames certificate, MesosAgentId host, MesosHostCheck.Finding.Other other) {
        LOG.warnf(
                "agent claims another host than its certificate names mesosAgentId=%s hostname=%s address=%s certificate=%s",
                host, other.agent().hostname(), other.agent().address(), certificate);
        return refused(
                "host-mismatch",
                "Mesos agent " + host + " is on " + other.agent().hostname() + " ("
                        + other.agent().address() + "), the certificate is for " + certificate);
    }

    private static Verdict.Refused refused(String code, String message) {
        return new Verdict.Refused(Fault.lasting(code, message));
    }
}
