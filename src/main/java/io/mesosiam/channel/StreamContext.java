package io.mesosiam.channel;

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
        RepeatedLines lines,
        ChannelFailures failures,
        InstantSource clock,
        MeterRegistry meters) {}
