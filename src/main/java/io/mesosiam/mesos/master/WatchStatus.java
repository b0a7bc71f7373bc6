package io.mesosiam.mesos.master;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.mesos.WatchHealth;
import io.mesosiam.mesos.model.Rejected;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Collects the errors of the loops. A new error of a part is logged once, and so is its end; retries are not logged.
 * Each part logs at most one warning a minute, even if the errors differ, because errors about rejected elements
 * contain external text.
 */
final class WatchStatus {
    private static final Logger LOG = Logger.getLogger(ClusterWatch.class);

    private static final Duration LOG_EVERY = Duration.ofMinutes(1);

    private final InstantSource clock;

    @GuardedBy("this")
    private final Map<String, String> errors = new TreeMap<>();

    /** Last warning by part, in monotonic time. */
    @GuardedBy("this")
    private final Map<String, Logged> logged = new TreeMap<>();

    /** The last logged error of each part whose end has not been logged. */
    @GuardedBy("this")
    private final Map<String, String> warned = new TreeMap<>();

    /** Parts whose last failure was unexpected. */
    @GuardedBy("this")
    private final Set<String> unexpected = new TreeSet<>();

    private final LongSupplier nanos;

    /** When a leading master last sent something, in monotonic time; empty before the first time. */
    private volatile OptionalLong heardAtNanos = OptionalLong.empty();

    @GuardedBy("this")
    private Optional<URI> master = Optional.empty();

    @GuardedBy("this")
    private Optional<Instant> listedAt = Optional.empty();

    @GuardedBy("this")
    private boolean streaming;

    @GuardedBy("this")
    private long rejectedSoFar;

    @GuardedBy("this")
    private long failures;

    /** @param nanos a monotonic clock, in nanoseconds */
    WatchStatus(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    private record Logged(long atNanos, long suppressed) {}

    /** Records that the leading master has sent an event, a heartbeat or a listing. */
    void heard() {
        heardAtNanos = OptionalLong.of(nanos.getAsLong());
    }

    /** Time since {@link #heard} was last called; empty before the first time. */
    Optional<Duration> silence() {
        OptionalLong heard = heardAtNanos;
        return heard.isEmpty()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(nanos.getAsLong() - heard.getAsLong()));
    }

    synchronized void listed(URI by) {
        heard();
        master = Optional.of(by);
        listedAt = Optional.of(clock.instant());
    }

    synchronized void streaming(boolean now) {
        streaming = now;
    }

    synchronized void failed(String part, String error) {
        unexpected.remove(part);
        warn(part, error);
    }

    @GuardedBy("this")
    private void warn(String part, String error) {
        errors.put(part, error);
        if (!error.equals(warned.get(part))) {
            OptionalLong suppressed = suppressedIfDue(part);
            if (suppressed.isPresent()) {
                warned.put(part, error);
                LOG.warnf("mesos not read part=%s error=\"%s\" suppressed=%d", part, error, suppressed.getAsLong());
            }
        }
    }

    /**
     * Records an unexpected failure of a part. It counts as a failure of the watch; the error contains the exception's
     * class.
     */
    synchronized void failedUnexpectedly(String part, String what, Throwable failure) {
        failures++;
        unexpected.add(part);
        LOG.debugf(failure, "unexpected failure part=%s", part);
        warn(part, what + " failed unexpectedly with " + failure.getClass().getName());
    }

    synchronized void succeeded(String part) {
        errors.remove(part);
        unexpected.remove(part);
        if (warned.remove(part) != null) {
            LOG.infof("mesos read again part=%s", part);
        }
    }

    /** Number of the part's warnings that were suppressed since the last one; empty if this one is also suppressed. */
    @GuardedBy("this")
    private OptionalLong suppressedIfDue(String part) {
        Logged last = logged.get(part);
        if (last != null && nanos.getAsLong() - last.atNanos < LOG_EVERY.toNanos()) {
            logged.put(part, new Logged(last.atNanos, last.suppressed + 1));
            return OptionalLong.empty();
        }
        logged.put(part, new Logged(nanos.getAsLong(), 0));
        return OptionalLong.of(last == null ? 0 : last.suppressed);
    }

    /**
     * Records the elements of a listing that couldn't be read. The other elements were applied, which includes the
     * changes of earlier rejected events.
     */
    synchronized void rejected(List<Rejected> elements) {
        succeeded("event");
        rejectedSoFar += elements.size();
        if (elements.isEmpty()) {
            succeeded("listing");
        } else {
            failed(
                    "listing",
                    "%d element(s) rejected, first: %s"
                            .formatted(elements.size(), elements.getFirst().reason()));
        }
    }

    /** Records an event that couldn't be used; the stream continues. */
    synchronized void rejectedEvent(String reason) {
        rejectedSoFar++;
        failed("event", reason);
    }

    /** Number of unexpected failures. */
    synchronized long failures() {
        return failures;
    }

    /** The parts that currently fail unexpectedly. */
    synchronized Optional<String> unexpected() {
        return unexpected.stream().findFirst().map(part -> errors.getOrDefault(part, part));
    }

    synchronized long rejectedSoFar() {
        return rejectedSoFar;
    }

    synchronized WatchHealth health() {
        WatchHealth.Source source = streaming
                ? WatchHealth.Source.STREAM
                : listedAt.isPresent() && !errors.containsKey("poll")
                        ? WatchHealth.Source.POLL
                        : WatchHealth.Source.NONE;
        return new WatchHealth(source, master, listedAt, new ArrayList<>(errors.values()));
    }
}
