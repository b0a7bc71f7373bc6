package io.mesosiam.mesos;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The condition of the cluster watch, for readiness.
 *
 * @param source how changes are currently received
 * @param master URL of the master that was followed last
 * @param listedAt when the complete cluster was last listed, by stream or poll
 * @param errors current errors, one line each, with the host and the status or field; empty if there are none
 */
public record WatchHealth(Source source, Optional<URI> master, Optional<Instant> listedAt, List<String> errors) {
    /** How changes are received. */
    public enum Source {
        /** No leading master answers. */
        NONE,
        POLL,
        STREAM
    }

    public WatchHealth {
        errors = List.copyOf(errors);
    }

    /** Whether a leading master reports its cluster. */
    public boolean ready() {
        return source != Source.NONE;
    }
}
