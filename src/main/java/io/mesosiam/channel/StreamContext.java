package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.ownership.AgentTable;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/** Dependencies that all streams share. */
record StreamContext(
        ChannelConfig config,
        Admission admission,
        AgentTable table,
        AgentStreams streams,
        HostEvents events,
        LastFaults faults,
        RepeatedLines lines,
        ChannelFailures failures,
        InstantSource clock,
        MeterRegistry meters) {
    /** Records the fault of a hello that is refused. */
    void refused(Hello hello, Fault fault, String address) {
        admission.listed(hello).ifPresent(host -> faults.put(host, fault, address));
    }
}
