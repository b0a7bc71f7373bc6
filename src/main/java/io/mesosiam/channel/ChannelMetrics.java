package io.mesosiam.channel;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;

/** Metrics of the streams and their port. All are registered at start, so that a rate includes the first event. */
final class ChannelMetrics {
    /** Every code with which a stream is refused or ended. */
    static final List<String> FAULTS = List.of(
            "certificate-expired",
            "claim-again",
            "evicted",
            "hello-again",
            "hello-expected",
            "hello-timeout",
            "hello-twice",
            "host-limit",
            "host-mismatch",
            "malformed",
            "not-ready",
            "not-recordable",
            "not-registered",
            "not-text",
            "protocol-version",
            "stopping",
            "superseded",
            "too-slow");

    private static final String OTHER = "other";

    private static final Set<String> NACK_CODES =
            Set.of("AnotherExecutor", "ContainerEnded", "SessionExpired", "SessionMissing", OTHER);

    private ChannelMetrics() {}

    /** The label for the code with which an agent rejects a message: the code, if it is a known one, because agents choose it. */
    static String nackLabel(String code) {
        return NACK_CODES.contains(code) ? code : OTHER;
    }

    static void register(MeterRegistry meters, AgentStreams streams, PortCertificates certificates) {
        Gauge.builder("mesosiam.channel.agents", streams, AgentStreams::count)
                .description("Agents with an open stream to this controller")
                .register(meters);
        Gauge.builder(
                        "mesosiam.channel.certificates.unusable",
                        certificates,
                        port -> port.trouble().isPresent() ? 1 : 0)
                .description(
                        "1 while a file of the agents' port can't be used, and it keeps the certificates that it has")
                .register(meters);
        counter(meters, "acks", "Messages that agents applied");
        counter(meters, "failures", "Unexpected exceptions in work for agents");
        counter(meters, "nacks", "Messages that agents could not apply");
        counter(meters, "asks", "Ask messages: requests of containers for which their agent had no lease");
        NACK_CODES.forEach(code -> Counter.builder("mesosiam.channel.nack.reasons")
                .description("Messages that agents could not apply, by reason")
                .tag("code", code)
                .register(meters));
        FAULTS.forEach(code -> Counter.builder("mesosiam.channel.faults")
                .description("Streams refused or ended, by reason")
                .tag("code", code)
                .register(meters));
    }

    private static void counter(MeterRegistry meters, String name, String description) {
        Counter unused = Counter.builder("mesosiam.channel." + name)
                .description(description)
                .register(meters);
    }
}
