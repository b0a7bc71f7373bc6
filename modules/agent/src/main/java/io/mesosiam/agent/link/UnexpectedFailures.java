package io.mesosiam.agent.link;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.failure.FailureKind;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Exceptions that indicate a bug, caught in loops that must continue. Each is counted; the first of each class and
 * place is logged. The log line contains the exception's class and place, not its message.
 */
public final class UnexpectedFailures implements MetricSource {
    private static final System.Logger LOG = System.getLogger(UnexpectedFailures.class.getName());
    private static final int MOST_LINES = 100;

    private final AtomicLong count = new AtomicLong();

    @GuardedBy("itself")
    private final Set<FailureKind> logged = new HashSet<>();

    /** Counts and logs an exception. Never throws. */
    public void caught(Throwable failure) {
        count.incrementAndGet();
        try {
            log(failure);
        } catch (Throwable e) {
            // the exception is counted; with too little memory it may be impossible to log it
        }
    }

    /** The same work, with its exceptions caught here. */
    public Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (Throwable e) {
                caught(e);
            }
        };
    }

    long count() {
        return count.get();
    }

    private void log(Throwable failure) {
        FailureKind kind = FailureKind.of(failure);
        synchronized (logged) {
            if (logged.size() == MOST_LINES || !logged.add(kind)) {
                return;
            }
        }
        LOG.log(
                Level.ERROR,
                "unexpected failure, further ones of this kind are only counted exception={0} place={1}",
                kind.exception(),
                kind.place());
    }

    @Override
    public void expose(Exposition out) {
        out.counter("mesosiam_agent_unexpected_failures_total", "Unexpected exceptions in loops that continue.")
                .sample(count.get());
    }
}
