package io.mesosiam.trial;

import io.mesosiam.controller.ControllerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Waits until a site works again: every controller is ready, a task that starts on each host has credentials, and so have all tasks that
 * have run for a second.
 */
final class Normal {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration YOUNG = Duration.ofSeconds(2);

    private Normal() {}

    /** Returns the time that this took; empty if it was longer than {@code atMost}. */
    static Optional<Duration> await(TrialSite site, Duration atMost) throws Exception {
        Instant from = Instant.now();
        List<TrialTask> probes = new ArrayList<>();
        List<TrialHost> missing = new ArrayList<>(site.load().hosts());
        while (Instant.now().isBefore(from.plus(atMost))) {
            missing.removeIf(host -> started(site, host, probes));
            if (missing.isEmpty() && isNormal(site, from, probes)) {
                return Optional.of(Duration.between(from, Instant.now()));
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return Optional.empty();
    }

    private static boolean started(TrialSite site, TrialHost host, List<TrialTask> probes) {
        try {
            probes.add(site.load().startOn(host));
            return true;
        } catch (Exception notNow) {
            return false;
        }
    }

    private static boolean isNormal(TrialSite site, Instant from, List<TrialTask> probes) {
        Instant now = Instant.now();
        return probes.stream().allMatch(probe -> isServed(probe, from))
                && site.load().running().stream()
                        .filter(task -> task.started().isBefore(now.minus(YOUNG)))
                        .allMatch(task -> isServed(task, from))
                && site.controllers().stream().allMatch(ControllerProcess::isReady);
    }

    private static boolean isServed(TrialTask task, Instant from) {
        return task.ended().isPresent() || task.isServedSince(from);
    }

    /** The tasks that prevent this, for an operator who looks for the reason. */
    static List<TrialTask> unserved(TrialSite site, Instant from) {
        return site.load().running().stream()
                .filter(task -> !isServed(task, from))
                .toList();
    }
}
