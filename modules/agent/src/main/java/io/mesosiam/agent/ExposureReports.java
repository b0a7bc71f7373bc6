package io.mesosiam.agent;

import io.mesosiam.agent.doctor.Exposure;
import io.mesosiam.channel.wire.AgentMessage;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Finds out at the start, and then once a day, what containers reach of the host's own IAM role, and reports it. */
final class ExposureReports {
    private static final System.Logger LOG = System.getLogger(ExposureReports.class.getName());
    private static final Duration EVERY = Duration.ofDays(1);

    private ExposureReports() {}

    /** Starts the reports; they end with the program. */
    static void start(Supplier<Exposure> probe, Consumer<AgentMessage.Exposure> report) {
        Thread.ofVirtual().name("exposure").start(() -> {
            try {
                while (true) {
                    report(probe, report);
                    Thread.sleep(EVERY);
                }
            } catch (InterruptedException e) {
                // the program ends
            }
        });
    }

    private static void report(Supplier<Exposure> probe, Consumer<AgentMessage.Exposure> report) {
        try {
            report.accept(message(probe.get()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "exposure of the host role not reported reason=\"{0}\"", e.toString());
        }
    }

    /** Containers that share an address are named until the message is full. */
    static AgentMessage.Exposure message(Exposure found) {
        return new AgentMessage.Exposure(
                found.hostRole().orElse(""),
                String.join("; ", found.unknown()),
                found.reached().stream()
                        .limit(AgentMessage.Exposure.MAX_REACHED)
                        .map(reached -> new AgentMessage.Reached(reached.container(), reached.address()))
                        .collect(Collectors.toList()));
    }
}
