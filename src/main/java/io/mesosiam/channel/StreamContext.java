package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.enrol.HostCertificates;
import io.mesosiam.loglimit.RepeatedLines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Dependencies that all streams share. */
record StreamContext(
        ChannelConfig config,
        Admission admission,
        AgentStreams streams,
        StreamEnds ends,
        HostEvents events,
        HostCertificates certificates,
        LastFaults faults,
        RepeatedLines lines,
        ChannelFailures failures,
        AgentVersions versions,
        InstantSource clock,
        MeterRegistry meters) {
    /** Ends a stream whose hello is refused. */
    void refuse(AgentStream stream, Hello hello, Fault fault) {
        admission.listed(hello.mesosAgentId()).ifPresent(host -> faults.put(host, fault, stream.address()));
        stream.end(fault);
    }

    /**
     * Ends a stream that has entered its host if no agent is admitted any more, or its host is evicted: a drain, or an
     * eviction, that did not find the stream there has begun before.
     */
    boolean ends(AgentStream stream, CertificateNames certificate) {
        Optional<Fault> refusal = admission.eviction(certificate, stream.host()).or(admission::refusal);
        refusal.ifPresent(stream::end);
        return refusal.isPresent();
    }

    /**
     * Asks an agent to move if it was served only after all were asked: they are asked when no agent is admitted any more. If that
     * happens at the same moment, it is asked twice.
     */
    void moveIfAllDo(AgentStream stream) {
        admission.refusal().ifPresent(_ -> stream.send(new ControllerMessage.Move(Duration.ZERO)));
    }
}
