package io.mesosiam.agent;

import io.mesosiam.agent.doctor.ExposureCheck;
import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.channel.wire.AgentMessage;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Finds out at the start, and then once a day, what containers reach of the host's own IAM role, and reports it. */
final class ExposureReports {
    private static final Duration EVERY = Duration.ofDays(1);

    private ExposureReports() {}

    /**
     * Starts the reports; they end with the program.
     *
     * @param atStart receives the first result too
     * @param failures counts the results that could not be found out or reported; the next one is due a day later
     */
    static void start(
            Supplier<ExposureCheck> check,
            Consumer<AgentMessage.Exposure> report,
            Consumer<ExposureCheck> atStart,
            UnexpectedFailures failures) {
        Thread.ofVirtual().name("exposure").start(() -> {
            try {
                failures.guarded(() -> atStart.accept(reported(check, report))).run();
                while (true) {
                    Thread.sleep(EVERY);
                    failures.guarded(() -> reported(check, report)).run();
                }
            } catch (InterruptedException e) {
                // the program ends
            }
        });
    }

    private static ExposureCheck reported(Supplier<ExposureCheck> check, Consumer<AgentMessage.Exposure> report) {
        ExposureCheck found = check.get();
        report.accept(found.report());
        return found;
    }
}
