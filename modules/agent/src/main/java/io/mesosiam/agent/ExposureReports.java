package io.mesosiam.agent;

import io.mesosiam.agent.doctor.ExposureCheck;
import io.mesosiam.channel.wire.AgentMessage;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Finds out at the start, and then once a day, what containers reach of the host's own IAM role, and reports it. */
final class ExposureReports {
    private static final System.Logger LOG = System.getLogger(ExposureReports.class.getName());
    private static final Duration EVERY = Duration.ofDays(1);

    private ExposureReports() {}

    /**
     * Starts the reports; they end with the program.
     *
     * @param atStart receives the first result too
     */
    static void start(
            Supplier<ExposureCheck> check, Consumer<AgentMessage.Exposure> report, Consumer<ExposureCheck> atStart) {
        Thread.ofVirtual().name("exposure").start(() -> {
            Consumer<ExposureCheck> also = atStart;
            try {
                while (true) {
                    report(check, report, also);
                    also = _ -> {};
                    Thread.sleep(EVERY);
                }
            } catch (InterruptedException e) {
                // the program ends
            }
        });
    }

    private static void report(
            Supplier<ExposureCheck> check, Consumer<AgentMessage.Exposure> report, Consumer<ExposureCheck> also) {
        try {
            ExposureCheck found = check.get();
            report.accept(found.report());
            also.accept(found);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "exposure of the host role not reported reason=\"{0}\"", e.toString());
        }
    }
}
