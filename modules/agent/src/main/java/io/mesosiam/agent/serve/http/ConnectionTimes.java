package io.mesosiam.agent.serve.http;

import java.time.Duration;

/**
 * How long the steps of a connection may take; beyond, it is closed. They are checked at an interval.
 *
 * @param request from the opening, or the first byte of a later request, until all headers have arrived
 * @param answer for sending an answer
 * @param idle after an answer, until the next request's first byte
 */
public record ConnectionTimes(Duration request, Duration answer, Duration idle, Duration interval) {
    public static final ConnectionTimes USUAL = new ConnectionTimes(
            Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(1));
}
