package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.NewestHosts;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Detects agents that replace each other's stream of one host. The newest stream has the host, so that a leftover of an
 * old stream does not keep an agent out after a failure. Two agents with one certificate would alternate endlessly.
 * From the second replacement within a minute on, the agent that loses the stream waits longer each time.
 */
final class Rivals {
    private static final Duration CALM = Duration.ofMinutes(1);
    private static final Duration FIRST_DELAY = Duration.ofSeconds(2);

    private final Map<MesosAgentId, Turn> turns = NewestHosts.map();

    /**
     * A replacement of a stream by a newer one.
     *
     * @param number 1 for the first replacement after {@link #CALM}
     * @param retryAfter how long the agent that lost the stream waits
     */
    record Turn(int number, Instant at, Duration retryAfter) {
        /** Whether this is more than one agent that connected again. */
        boolean isRivalry() {
            return number > 1;
        }

        private Turn next(Instant now) {
            boolean calm = now.isAfter(at.plus(retryAfter).plus(CALM));
            return calm ? first(now) : new Turn(number + 1, now, delay(number + 1));
        }

        private static Turn first(Instant now) {
            return new Turn(1, now, Fault.DEFAULT_RETRY);
        }

        private static Duration delay(int number) {
            Duration doubled = FIRST_DELAY.multipliedBy(1L << Math.min(number - 2, 16));
            return doubled.compareTo(Fault.LONGEST_RETRY) < 0 ? doubled : Fault.LONGEST_RETRY;
        }
    }

    Turn superseded(MesosAgentId host, Instant now) {
        return turns.merge(host, Turn.first(now), (last, _) -> last.next(now));
    }
}
