package io.mesosiam.channel;

import io.mesosiam.failure.FailureKind;
import io.mesosiam.loglimit.RepeatedLines;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * Counts and logs unexpected exceptions in work that has to continue. The log has one line a minute for each exception
 * class and place. The line does not contain the message of the exception, which may quote a peer.
 */
record ChannelFailures(RepeatedLines lines, InstantSource clock, MeterRegistry meters) {
    static final String METRIC = "mesosiam.channel.failures";

    private static final Logger LOG = Logger.getLogger(ChannelFailures.class);

    /** @param work short name of what failed */
    void caught(String work, Throwable failure) {
        meters.counter(METRIC).increment();
        FailureKind kind = FailureKind.of(failure);
        lines.due("unexpected " + work + kind.exception() + kind.place(), clock.instant())
                .ifPresent(repeated -> LOG.errorf(
                        "unexpected failure work=\"%s\" exception=%s place=%s repeated=%d",
                        work, kind.exception(), kind.place(), repeated));
    }

    /** Runs the work; counts and logs what it throws. */
    void guard(String work, Runnable run) {
        try {
            run.run();
        } catch (Throwable e) {
            caught(work, e);
        }
    }
}
