package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Move;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends all agents to other controllers, because this one stops or is drained. They are served here until they have moved. */
final class Departures {
    private static final Duration MOVES_AT_A_STOP = Duration.ofSeconds(40);

    private static final Duration LAST_MOVES_AT_A_STOP = Duration.ofSeconds(10);

    /** The longest time that {@link #moveAway} takes. */
    static final Duration LONGEST_STOP = MOVES_AT_A_STOP.plus(LAST_MOVES_AT_A_STOP);

    private static final Duration MOVES_OF_A_DRAIN = Move.LONGEST;
    private static final Duration LAST_MOVES_OF_A_DRAIN = Duration.ofSeconds(30);
    private static final Duration DRAIN_ANSWER = Duration.ofSeconds(5);

    private final AgentStreams streams;
    private final ChannelFailures failures;

    /** Number of the drains that have begun. */
    private final AtomicInteger drains = new AtomicInteger();

    Departures(AgentStreams streams, ChannelFailures failures) {
        this.streams = streams;
        this.failures = failures;
    }

    /** Asks all agents to move, and waits for that at most {@link #LONGEST_STOP}: see {@link AgentStreams#moveAll}. */
    void moveAway() {
        streams.moveAll(MOVES_AT_A_STOP, LAST_MOVES_AT_A_STOP);
    }

    /**
     * Refuses further agents with a passing fault until the drain ends, and sends all others away. Streams that are left end
     * with that fault; their agents continue to serve and connect to another controller. Returns when no stream is left, or
     * after some 5 s, and goes on in the background.
     *
     * @param elsewhere whether another controller admits agents: then they are asked to move before
     * @return number of the streams that end
     */
    int drain(Admission admission, boolean elsewhere) {
        int open = streams.count();
        admission.drain(true);
        int own = drains.incrementAndGet();
        Thread ending = Thread.ofVirtual()
                .name("drain")
                .start(() -> failures.guard("drain", () -> {
                    if (elsewhere) {
                        streams.moveAll(MOVES_OF_A_DRAIN, LAST_MOVES_OF_A_DRAIN);
                    }
                    // the drain may have ended since, and another one begun that gives agents their time
                    if (admission.isDrained() && drains.get() == own) {
                        int unused = streams.endAll(AgentChannel.DRAINED);
                    }
                }));
        try {
            boolean unused = ending.join(DRAIN_ANSWER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return open;
    }
}
