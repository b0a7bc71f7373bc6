package io.mesosiam.channel;

import io.mesosiam.channel.Stage.AdmittedHost;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.enrol.HostCertificates;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.AgentTable;
import io.mesosiam.ownership.Claim;
import io.mesosiam.ownership.ClaimAttempt;
import io.mesosiam.ownership.ProvisionalClaims;
import io.mesosiam.postgres.WriteFailure;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Decides whether an agent that sends hello is admitted, and with which claim on its host.
 *
 * <p>Two things can be missing for a while without stopping the renewals of running tasks. If the master does not show
 * the Mesos agent (after a failover, or while the Mesos agent is disconnected), a host that was admitted before is
 * admitted again, provided that its recorded host name is still in its certificate. If Postgres is slow or unavailable,
 * the claim is provisional, and the stream takes the late answer, or a new claim, when Postgres answers. If both are
 * missing, the agent is refused with a passing fault.
 */
final class Admission {
    private static final Logger LOG = Logger.getLogger(Admission.class);

    static final Fault EVICTED = Fault.lasting(
            "evicted",
            "the host is evicted, or another machine has enrolled with its name by a join token; see docs/hosts.md#evict-a-host");

    private static final Fault AUTHORITY_REMOVED = Fault.passing(
            "authority-removed",
            "the authority of the certificate is removed; enrol the host again, see docs/hosts.md");

    private final Supplier<ClusterState> cluster;
    private final AgentTable table;
    private final HostCertificates certificates;
    private final RepeatedLines lines;
    private final InstantSource clock;
    private final ProvisionalClaims provisional = new ProvisionalClaims();
    private volatile boolean closed;
    private volatile boolean draining;

    Admission(
            Supplier<ClusterState> cluster,
            AgentTable table,
            HostCertificates certificates,
            RepeatedLines lines,
            InstantSource clock) {
        this.certificates = certificates;
        this.cluster = cluster;
        this.table = table;
        this.lines = lines;
        this.clock = clock;
    }

    /** The outcome of an admission. */
    sealed interface Verdict {
        /**
         * The agent is admitted.
         *
         * @param late the claim whose answer is still outstanding; empty if it was answered or failed
         */
        record Admitted(MesosAgentId host, Claim claim, Optional<ClaimAttempt> late) implements Verdict {}

        /**
         * The agent is refused.
         *
         * @param late a claim whose answer is still outstanding
         */
        record Refused(Fault fault, Optional<ClaimAttempt> late) implements Verdict {
            Refused(Fault fault) {
                this(fault, Optional.empty());
            }
        }

        /** The stream had ended before the host was claimed. */
        record Left() implements Verdict {}
    }

    /** Refuses every further agent. */
    void close() {
        closed = true;
    }

    /** Refuses every further agent until this is undone: another controller serves them. */
    void drain(boolean drained) {
        draining = drained;
    }

    boolean isDrained() {
        return draining;
    }

    /** The fault for every agent; empty while agents are admitted. */
    Optional<Fault> refusal() {
        if (closed) {
            return Optional.of(AgentChannel.STOPPING);
        }
        return draining ? Optional.of(AgentChannel.DRAINED) : Optional.empty();
    }

    /**
     * The fault for an evicted certificate, for every certificate of an evicted host, and for those of a removed authority;
     * empty for others. A host can be evicted by each name that the master shows for it.
     *
     * @param host the Mesos agent that the peer claims to be; empty if it has not said
     */
    Optional<Fault> eviction(CertificateNames certificate, Optional<MesosAgentId> host) {
        if (certificates.areEvicted(MesosHostCheck.names(certificate, host, cluster.get()), certificate.serial())) {
            return Optional.of(EVICTED);
        }
        return certificates.isRemoved(certificate.issuer()) ? Optional.of(AUTHORITY_REMOVED) : Optional.empty();
    }

    /** The fault for every agent with this certificate, or on this evicted host; empty if its host is to be checked. */
    Optional<Fault> refusal(CertificateNames certificate, Optional<MesosAgentId> host) {
        return eviction(certificate, host).or(this::refusal).or(() -> certificate.expiry(clock.instant()));
    }

    /**
     * @param begins receives the host before it is claimed
     * @param isOpen whether the stream has not ended: a claim can wait for others
     */
    Verdict admit(CertificateNames certificate, Hello hello, Consumer<MesosAgentId> begins, BooleanSupplier isOpen) {
        Optional<Fault> refusal = refusal(certificate, listed(hello.mesosAgentId()));
        if (refusal.isPresent()) {
            return new Verdict.Refused(refusal.get());
        }
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
            case MesosHostCheck.Finding.Same same -> {
                begins.accept(host);
                yield claim(
                        certificate,
                        host,
                        table.claim(
                                host,
                                recordedName(certificate, same.agent()),
                                hello.agentVersion(),
                                certificate.serial(),
                                hello.servedUnder(),
                                isOpen));
            }
            case MesosHostCheck.Finding.NotRegistered missing -> {
                begins.accept(host);
                yield admitAgain(certificate, host, hello, isOpen);
            }
            case MesosHostCheck.Finding.Other other -> mismatch(certificate, host, other);
        };
    }

    /** The host that a peer names, if the master lists it: a peer can name thousands that it doesn't. */
    Optional<MesosAgentId> listed(String mesosAgentId) {
        try {
            return cluster.get().agent(new MesosAgentId(mesosAgentId)).map(MesosAgent::id);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Claims the host of an admitted stream again.
     */
    ClaimAttempt claimAgain(AdmittedHost admitted, CertificateNames certificate, BooleanSupplier isOpen) {
        MesosAgentId host = admitted.id();
        return switch (MesosHostCheck.check(certificate, host, cluster.get())) {
            case MesosHostCheck.Finding.Same same ->
                table.claim(
                        host,
                        recordedName(certificate, same.agent()),
                        admitted.agentVersion(),
                        certificate.serial(),
                        admitted.servedUnder(),
                        isOpen);
            case MesosHostCheck.Finding.NotRegistered _, MesosHostCheck.Finding.Other _ ->
                table.claimAgain(
                        host,
                        certificate.texts(),
                        admitted.agentVersion(),
                        certificate.serial(),
                        admitted.servedUnder(),
                        isOpen);
        };
    }

    /** Records a claim that the database has answered. */
    void claimed(CertificateNames certificate, MesosAgentId host, Claim claim) {
        provisional.recorded(host, claim);
        if (claim.draining()) {
            due("draining " + certificate)
                    .ifPresent(repeated ->
                            LOG.infof("draining host connected mesosAgentId=%s repeated=%d", host, repeated));
        }
    }

    private Verdict claim(CertificateNames certificate, MesosAgentId host, ClaimAttempt attempt) {
        return switch (attempt.await()) {
            case ClaimAttempt.Result.Answered(Optional<Claim> answered) -> {
                Claim claim = answered.orElseThrow(() -> new AssertionError("an upsert returns its row"));
                claimed(certificate, host, claim);
                yield new Verdict.Admitted(host, claim, Optional.empty());
            }
            case ClaimAttempt.Result.Late() -> {
                due("late " + certificate)
                        .ifPresent(repeated -> LOG.infof(
                                "claim is late, the host is admitted provisionally mesosAgentId=%s repeated=%d",
                                host, repeated));
                yield new Verdict.Admitted(host, provisional.claim(host), Optional.of(attempt));
            }
            case ClaimAttempt.Result.NotSent() -> {
                notSent(certificate, host);
                yield new Verdict.Admitted(host, provisional.claim(host), Optional.empty());
            }
            case ClaimAttempt.Result.NotWanted() -> new Verdict.Left();
            case ClaimAttempt.Result.Failed failed -> failed(certificate, host, failed);
        };
    }

    private Verdict failed(CertificateNames certificate, MesosAgentId host, ClaimAttempt.Result.Failed failed) {
        notRecorded(certificate, host, failed.failure(), failed.reason());
        return switch (failed.failure()) {
            case DATA ->
                refused(
                        "not-recordable",
                        "the controller can't record this host; its log names the value and the constraint");
            case FORBIDDEN, LOCKED, SCHEMA, AWAY ->
                new Verdict.Admitted(host, provisional.claim(host), Optional.empty());
        };
    }

    /** Logs a failed claim. Texts of the database go to the log only, never to the agent. */
    void notRecorded(CertificateNames certificate, MesosAgentId host, WriteFailure failure, String reason) {
        // the key has no host, since a peer can name thousands
        due("claim " + failure + " " + certificate)
                .ifPresent(repeated -> LOG.logf(
                        failure == WriteFailure.AWAY ? Logger.Level.WARN : Logger.Level.ERROR,
                        "claim not recorded, %s mesosAgentId=%s reason=\"%s\" repeated=%d",
                        failure.text(),
                        host,
                        reason,
                        repeated));
    }

    /** Logs a claim that was not sent because too many others wait: the database may be well. */
    void notSent(CertificateNames certificate, MesosAgentId host) {
        due("claim not sent " + certificate)
                .ifPresent(repeated -> LOG.warnf(
                        "claim not sent, too many claims in flight mesosAgentId=%s repeated=%d", host, repeated));
    }

    private Verdict admitAgain(CertificateNames certificate, MesosAgentId host, Hello hello, BooleanSupplier isOpen) {
        ClaimAttempt attempt = table.claimAgain(
                host, certificate.texts(), hello.agentVersion(), certificate.serial(), hello.servedUnder(), isOpen);
        return switch (attempt.await()) {
            case ClaimAttempt.Result.Answered(Optional<Claim> answered)
            when answered.isPresent() -> {
                claimed(certificate, host, answered.get());
                yield new Verdict.Admitted(host, answered.get(), Optional.empty());
            }
            case ClaimAttempt.Result.Answered _ -> new Verdict.Refused(notRegistered(host));
            case ClaimAttempt.Result.Late() -> new Verdict.Refused(notRegistered(host), Optional.of(attempt));
            case ClaimAttempt.Result.NotWanted() -> new Verdict.Left();
            case ClaimAttempt.Result.NotSent() -> {
                notSent(certificate, host);
                yield new Verdict.Refused(notRegistered(host));
            }
            case ClaimAttempt.Result.Failed failed -> {
                notRecorded(certificate, host, failed.failure(), failed.reason());
                yield new Verdict.Refused(notRegistered(host));
            }
        };
    }

    /** The fault for a host that the master does not show, or before a master has answered. */
    private Fault notRegistered(MesosAgentId host) {
        return cluster.get().leader().isEmpty()
                ? Fault.passing("not-ready", "no Mesos master has answered this controller yet; try again later")
                : Fault.passing(
                        "not-registered",
                        "no Mesos agent " + host + " is registered with the leading master; try again later");
    }

    /** The host name that the master shows, or its address if the certificate has only that, in the form of the certificate's names. */
    private static String recordedName(CertificateNames certificate, MesosAgent agent) {
        return CertificateNames.text(certificate.contains(agent.hostname()) ? agent.hostname() : agent.address());
    }

    /** Refuses a mismatch. The name and address of the other host go to the log only, not to the peer. */
    Verdict.Refused mismatch(CertificateNames certificate, MesosAgentId host, MesosHostCheck.Finding.Other other) {
        // the key has no host, since a peer can claim thousands
        due("mismatch " + certificate)
                .ifPresent(repeated -> LOG.warnf(
                        "agent claims another host than its certificate names mesosAgentId=%s hostname=%s address=%s certificate=%s"
                                + " repeated=%d",
                        host, other.agent().hostname(), other.agent().address(), certificate, repeated));
        if (certificate.texts().isEmpty()) {
            return refused(
                    "host-mismatch",
                    "the agent's certificate has no DNS name and no IP address among its subject alternative names, or a SPIFFE id"
                            + " that names no host (mesos-iam.channel.spiffe-id); issue a certificate with the name of the host");
        }
        return refused(
                "host-mismatch",
                "Mesos agent " + host + " is on another host than the certificate's, which is for " + certificate
                        + "; the controller's log names both");
    }

    private OptionalLong due(String line) {
        return lines.due(line, clock.instant());
    }

    private static Verdict.Refused refused(String code, String message) {
        return new Verdict.Refused(Fault.lasting(code, message));
    }
}
