package io.mesosiam.mesos;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the watch is doing, for readiness.
 *
 * @param source how changes are learned at the moment
 * @param master the URL of the master that was followed last
 * @param listedAt when the whole cluster was last listed, by stream or poll
 * @param errors what goes wrong now, one line each, naming host and status or field; empty while all is well
 */
public record WatchHealth(Source source, Optional<URI> master, Optional<Instant> listedAt, List<String> errors) {
    /** Where changes come from. */
    public enum Source {
        /** No leading master answers. */
        NONE,
        POLL,
        STREAM
    }

    public WatchHealth {
        errors = List.copyOf(errors);
    }

    /** Whether a leading master shows its cluster. */
    public boolean ready() {
        return source != Source.NONE;
    }
}
