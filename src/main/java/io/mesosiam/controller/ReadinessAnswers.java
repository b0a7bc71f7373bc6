package io.mesosiam.controller;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** What the readiness checks answered last. One thread runs them; any thread reads the result. */
final class ReadinessAnswers {
    private static final Duration ANSWER_BY = Duration.ofSeconds(10);

    private final Iterable<HealthCheck> checks;
    private final LongSupplier nanoTime;

    /** The names in the answers, which a check that has never answered doesn't have. */
    private final Map<HealthCheck, String> names = new HashMap<>();

    private volatile List<String> down = List.of("not-checked-yet");
    private volatile Optional<Running> running = Optional.empty();

    private record Running(String name, long sinceNanos) {}

    /** @param nanoTime such as {@link System#nanoTime} */
    ReadinessAnswers(Iterable<HealthCheck> checks, LongSupplier nanoTime) {
        this.checks = checks;
        this.nanoTime = nanoTime;
    }

    /** Runs the checks one after another. Blocks for as long as they do. */
    void read() {
        List<String> found = new ArrayList<>();
        try {
            for (HealthCheck check : checks) {
                running = Optional.of(
                        new Running(names.getOrDefault(check, check.getClass().getSimpleName()), nanoTime.getAsLong()));
                HealthCheckResponse answer = check.call();
                names.put(check, answer.getName());
                if (answer.getStatus() == HealthCheckResponse.Status.DOWN) {
                    found.add(answer.getName());
                }
            }
            down = List.copyOf(found);
        } finally {
            running = Optional.empty();
        }
    }

    /** The checks that were down, and the check that has not answered for 10 s, for which the next ones wait. */
    List<String> notReady() {
        Optional<String> unanswered = running.filter(
                        check -> nanoTime.getAsLong() - check.sinceNanos() >= ANSWER_BY.toNanos())
                .map(Running::name);
        return Stream.concat(down.stream(), unanswered.stream())
                .distinct()
                .sorted()
                .toList();
    }
}
