package io.mesosiam.agent;

import java.time.Duration;

/**
 * The link's times.
 *
 * @param connect for the TCP and TLS handshakes, and again for the upgrade
 * @param ping how often the controller is pinged
 * @param silence after how long without any sign of life a stream counts as lost; also how long the first state of the
 *     world, or one write, may take
 * @param ask how long one ask stands: it isn't sent again meanwhile, and is sent by a stream that begins meanwhile
 */
record LinkTiming(Duration connect, Duration ping, Duration silence, Duration ask) {
    static final LinkTiming USUAL = new LinkTiming(
            Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(2));
}
