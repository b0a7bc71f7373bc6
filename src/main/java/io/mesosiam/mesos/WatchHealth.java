package io.mesosiam.mesos;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The condition of the cluster watch, for readiness.
 *
 * @param source how changes are currently received
 * @param master URL of the master that was followed last
 * @param listedAt when the complete cluster was last listed, by stream or poll
 * @param errors current errors, one line each, with the host and the status or field; empty if there are none
 */
public record WatchHealth(Source source, Optional<URI> master, Optional<Instant> listedAt, List<String> errors) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

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

    /** Whether the master that was followed last is read over a network without TLS. */
    public boolean plainHttp() {
        return master.filter(uri -> "http".equals(uri.getScheme()) && !LOOPBACK.contains(uri.getHost()))
                .isPresent();
    }

    /** Whether a leading master reports its cluster. */
    public boolean ready() {
        return source != Source.NONE;
    }
}
