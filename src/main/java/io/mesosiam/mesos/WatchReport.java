package io.mesosiam.mesos;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** Gathers what the loops run into. Each new trouble is logged once, and its end, too; not every retry in between. */
final class WatchReport {
    private static final Logger LOG = Logger.getLogger(ClusterWatch.class);

    private final InstantSource clock;
    private final Map<String, String> errors = new TreeMap<>();
    private Optional<URI> master = Optional.empty();
    private Optional<Instant> listedAt = Optional.empty();
    private boolean streaming;
    private long rejectedSoFar;

    WatchReport(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void listed(URI by) {
        master = Optional.of(by);
        listedAt = Optional.of(clock.instant());
    }

    synchronized void streaming(boolean now) {
        streaming = now;
    }

    synchronized void failed(String part, String error) {
        if (!error.equals(errors.put(part, error))) {
            LOG.warnf("mesos not read part=%s error=\"%s\"", part, error);
        }
    }

    synchronized void succeeded(String part) {
        if (errors.remove(part) != null) {
            LOG.infof("mesos read again part=%s", part);
        }
    }

    /** What a listing had that couldn't be read; the rest of it was, and it tells what earlier events didn't. */
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

    /** An event that couldn't be used; the stream goes on. */
    synchronized void rejectedEvent(String reason) {
        rejectedSoFar++;
        failed("event", reason);
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
