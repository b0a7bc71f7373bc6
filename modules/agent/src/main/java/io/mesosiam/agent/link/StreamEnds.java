package io.mesosiam.agent.link;

import io.mesosiam.agent.metrics.Exposition;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts how streams to controllers end, those that could not be opened included. Thread-safe. */
final class StreamEnds {
    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);

    private enum Kind {
        LOST,
        TLS,
        PASSING,
        REFUSED,
        MOVED;

        static Kind of(StreamEnd end) {
            return switch (end) {
                case StreamEnd.Lost lost -> lost.tls() ? TLS : LOST;
                case StreamEnd.EndedTemporarily _ -> PASSING;
                case StreamEnd.Refused _ -> REFUSED;
                case StreamEnd.Moved _ -> MOVED;
            };
        }
    }

    StreamEnds() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    void count(StreamEnd end) {
        counts.getOrDefault(Kind.of(end), new LongAdder()).increment();
    }

    void expose(Exposition out) {
        var ends = out.counter(
                "mesosiam_agent_controller_stream_ends_total", "Ends of streams to controllers, by reason.");
        counts.forEach(
                (kind, count) -> ends.sample(count.sum(), "reason", kind.name().toLowerCase(Locale.ROOT)));
    }
}
