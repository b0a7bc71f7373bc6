package io.mesosiam.channel;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The gauge of connected agents by version. Agents state their versions themselves, so there are at most {@value #MOST}
 * labels: one for each of the first versions that look like one, and one for the others.
 */
final class AgentVersions {
    static final int MOST = 16;

    private static final String OTHER = "other";
    private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}");

    private final AgentStreams streams;
    private final MeterRegistry meters;
    private final Set<String> labels = ConcurrentHashMap.newKeySet();

    AgentVersions(AgentStreams streams, MeterRegistry meters) {
        this.streams = streams;
        this.meters = meters;
        labels.add(OTHER);
        register(OTHER);
    }

    /** Counts agents of this version separately from now on, if there is room for it. */
    synchronized void seen(String version) {
        if (labels.size() < MOST && VERSION.matcher(version).matches() && labels.add(version)) {
            register(version);
        }
    }

    private void register(String label) {
        Gauge.builder("mesosiam.channel.agent.versions", this, it -> it.count(label))
                .description("Agents with an open stream to this controller, by the version that they state")
                .tag("version", label)
                // only the gauges hold a reference
                .strongReference(true)
                .register(meters);
    }

    private long count(String label) {
        return streams.all().stream()
                .flatMap(stream -> stream.connected().stream())
                .filter(agent -> label(agent.version()).equals(label))
                .count();
    }

    private String label(String version) {
        return labels.contains(version) ? version : OTHER;
    }
}
