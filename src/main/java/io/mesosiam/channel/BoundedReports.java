package io.mesosiam.channel;

import io.mesosiam.channel.Stage.AdmittedHost;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.HostStream;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Ownership;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.Claim;
import io.mesosiam.policy.CredentialName;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Passes what the agent of one host reports to the receiver of events, within the limits of a host. */
final class BoundedReports {
    private static final Logger LOG = Logger.getLogger(BoundedReports.class);

    private final StreamContext streamContext;
    private final StreamLines lines;
    private final AgentReport reports;
    private final HostBounds bounds;
    private volatile Optional<HostExposure> exposure = Optional.empty();

    BoundedReports(StreamContext streamContext, StreamLines lines) {
        this.streamContext = streamContext;
        this.lines = lines;
        this.reports = new AgentReport(lines);
        this.bounds = new HostBounds(streamContext.config().containersPerHost());
    }

    /** The fault for a hello that exceeds a limit. */
    Optional<Fault> excess(Hello hello) {
        return bounds.excess(
                        HostLoad.of(reports.containers(hello.containers())),
                        hello.held().size())
                .map(BoundedReports::exceeded);
    }

    /**
     * Reports an admitted agent.
     *
     * @param stream takes the state of the host
     * @throws IllegalStateException if the state cannot be read yet
     */
    void connected(AdmittedHost host, Hello hello, HostStream stream) {
        Claim claim = host.claim();
        streamContext
                .events()
                .connected(
                        host.id(),
                        claim.provisional()
                                ? Ownership.provisional(claim.epoch(), hello.servedUnder())
                                : new Ownership(claim.epoch(), claim.continued()),
                        reports.held(hello.held()),
                        reports.containers(hello.containers()),
                        stream);
    }

    /**
     * Reports one message after the hello.
     *
     * @return the fault for a host that exceeds a limit with it
     * @throws IllegalArgumentException if a value in it is invalid
     */
    Optional<Fault> received(MesosAgentId host, AgentMessage message) {
        return switch (message) {
            case Hello _ -> throw new AssertionError("a hello is not a report");
            case AgentMessage.Ack ack -> {
                count("acks");
                streamContext.events().applied(host, ack.leaseId());
                yield Optional.empty();
            }
            case AgentMessage.Nack nack -> {
                notServed(host, nack);
                yield Optional.empty();
            }
            case AgentMessage.Ask ask -> {
                count("asks");
                streamContext
                        .events()
                        .asked(host, ContainerId.parse(ask.containerId()), new CredentialName(ask.name()));
                yield Optional.empty();
            }
            case AgentMessage.Policies policies -> {
                streamContext.events().policiesApplied(host, policies.version());
                yield Optional.empty();
            }
            case AgentMessage.Exposure found -> {
                exposure = Optional.of(
                        new HostExposure(found, streamContext.clock().instant()));
                yield Optional.empty();
            }
            case AgentMessage.RolesTried tried -> {
                streamContext.events().rolesTried(host, tried);
                yield Optional.empty();
            }
            case AgentMessage.CertificateRequest _ -> {
                lines.due("certificate request")
                        .ifPresent(repeated -> LOG.infof(
                                "certificate request ignored, this controller signs no certificates mesosAgentId=%s repeated=%d",
                                host, repeated));
                yield Optional.empty();
            }
            case AgentMessage.Containers changed ->
                bounds.excess(streamContext
                                .events()
                                .containers(
                                        host,
                                        reports.containers(changed.started()),
                                        reports.containers(changed.ended()).keySet()))
                        .map(BoundedReports::exceeded);
        };
    }

    /** What containers of the host reach of the host's own IAM role; empty if the agent hasn't said. */
    Optional<HostExposure> exposure() {
        return exposure;
    }

    private void notServed(MesosAgentId host, AgentMessage.Nack nack) {
        count("nacks");
        streamContext
                .meters()
                .counter("mesosiam.channel.nack.reasons", "code", ChannelMetrics.nackLabel(nack.code()))
                .increment();
        lines.due("nack " + ChannelMetrics.nackLabel(nack.code()))
                .ifPresent(repeated -> LOG.warnf(
                        "agent could not apply a message code=%s reason=\"%s\" mesosAgentId=%s leaseId=%s revision=%d"
                                + " repeated=%d",
                        nack.code(), nack.message(), host, nack.leaseId(), nack.revision(), repeated));
        streamContext
                .events()
                .notServed(
                        host,
                        LeaseId.parse(nack.leaseId()),
                        nack.revision(),
                        "the host's agent doesn't serve it: " + nack.message());
    }

    private void count(String messages) {
        streamContext.meters().counter("mesosiam.channel." + messages).increment();
    }

    /** Lasting, since the host would report the same amount again. */
    private static Fault exceeded(String excess) {
        return Fault.lasting("host-limit", excess);
    }
}
