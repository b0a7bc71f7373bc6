package io.mesosiam.agent.link;

import java.time.Duration;

/**
 * The times of the connection to the controllers.
 *
 * @param connect time limit of the TCP and TLS handshakes, and again of the WebSocket upgrade
 * @param ping interval of pings to the controller
 * @param silence time without any received message or pong after which a stream counts as lost; also the time limit for
 *     the first sync and for one write
 * @param ask how long an ask is pending: it isn't sent twice within this time, and a new stream sends it again
 * @param away how long a stream works before the host tries to move to a controller that it prefers, and between two
 *     tries; up to three times as long, at random
 * @param opening how long a host that has to move waits for the leases of one controller if it can move to another
 */
public record LinkTiming(
        Duration connect, Duration ping, Duration silence, Duration ask, Duration away, Duration opening) {
    public static final LinkTiming USUAL = new LinkTiming(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(30),
            Duration.ofSeconds(3));
}
