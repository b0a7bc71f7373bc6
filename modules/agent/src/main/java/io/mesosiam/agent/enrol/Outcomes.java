package io.mesosiam.agent.enrol;

import io.mesosiam.agent.metrics.Exposition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Counts how attempts end. */
final class Outcomes {
    private final List<String> labels;
    private final Map<String, AtomicLong> counts;

    /** @param labels all outcomes, in the order in which they are exposed */
    Outcomes(String... labels) {
        this.labels = List.of(labels);
        this.counts = this.labels.stream()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), label -> new AtomicLong()));
    }

    void count(String label) {
        of(label).incrementAndGet();
    }

    private AtomicLong of(String label) {
        AtomicLong count = counts.get(label);
        if (count == null) {
            throw new IllegalArgumentException(label);
        }
        return count;
    }

    void expose(Exposition.Family family) {
        labels.forEach(label -> family.sample(of(label).get(), "outcome", label));
    }
}
