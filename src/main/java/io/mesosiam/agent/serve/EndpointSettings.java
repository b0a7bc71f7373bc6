package io.mesosiam.agent.serve;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;

/**
 * Where and how credentials are served.
 *
 * @param listen the address; port 0 takes a free one
 * @param hosts what a request's Host header may name, without port
 * @param paths where credentials are asked for
 * @param hold how long an ask waits for what isn't here yet: below the second after which most SDKs give up
 */
public record EndpointSettings(InetSocketAddress listen, Set<String> hosts, Set<String> paths, Duration hold) {
    /** Of the second that an SDK waits a fifth of a second is left for the way there and back. */
    public static final Duration HOLD = Duration.ofMillis(800);

    public EndpointSettings {
        hosts = Set.copyOf(hosts);
        paths = Set.copyOf(paths);
    }
}
