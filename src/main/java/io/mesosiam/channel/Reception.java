package io.mesosiam.channel;

import io.micrometer.core.instrument.MeterRegistry;

/** What every stream works with. */
record Reception(
        ChannelConfig config,
        Admission admission,
        AgentTable table,
        AgentStreams streams,
        HostEvents events,
        MeterRegistry meters) {}
