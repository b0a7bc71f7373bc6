package io.mesosiam.channel;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * What no code expects to be thrown, in work that has to go on. Each is counted; the log has a line for each class and
 * place once a minute. The line has no message of the exception: it may hold what a peer sent.
 */
record UnexpectedFailures(RepeatedLines lines, InstantSource clock, MeterRegistry meters) {
    static final String METRIC = "mesosiam.channel.failures";

    private static final Logger LOG = Logger.getLogger(UnexpectedFailures.class);

    /** @param work what failed, in a word or two */
    void caught(String work, Throwable failure) {
        meters.counter(METRIC).increment();
        String place = place(failure);
        lines.due("unexpected " + work + failure.getClass().getName() + place, clock.instant())
                .ifPresent(repeated -> LOG.errorf(
                        "unexpected failure work=\"%s\" exception=%s place=%s repeated=%d",
                        work, failure.getClass().getName(), place, repeated));
    }

    /** Runs the work; what it throws is counted and logged. */
    void guard(String work, Runnable run) {
        try {
            run.run();
        } catch (Throwable e) {
            caught(work, e);
        }
    }

    private static String place(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0
                ? "unknown"
                : trace[0].getClassName() + "." + trace[0].getMethodName() + ":" + trace[0].getLineNumber();
    }
}
