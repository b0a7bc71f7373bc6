package io.mesosiam.agent.serve.http;

import java.time.Duration;

/**
 * How long a stop waits, each time from its beginning. Connections that are not accepted yet wait for the next process, and SDKs
 * wait for 1 s or 2 s: so no time is longer than that.
 *
 * @param quiet idle time after which connections are closed on which a request was answered before the stop: a caller that is
 *     about to send the next one then reads with its answer that the connection ends
 * @param request for the request of a connection that has sent none or a part, which usually is there at once
 * @param answer for the answers to requests; those that still wait are then answered that the agent stops
 */
public record StopTimes(Duration quiet, Duration request, Duration answer) {
    public static final StopTimes USUAL =
            new StopTimes(Duration.ofMillis(20), Duration.ofMillis(500), Duration.ofSeconds(2));
}
