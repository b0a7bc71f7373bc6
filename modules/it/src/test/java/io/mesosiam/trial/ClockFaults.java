package io.mesosiam.trial;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Clocks that are set forward and back, of one side at a time: 10 minutes ahead, behind, 2 hours ahead, behind, for 12 s each. */
final class ClockFaults {
    private static final List<Duration> STEPS =
            List.of(Duration.ofMinutes(10), Duration.ofMinutes(-10), Duration.ofHours(2), Duration.ofHours(-2));

    private static final Duration FOR = Duration.ofSeconds(12);

    static final List<Trial> TRIALS = List.of(
            preloaded("clock-controllers", "clock of all controllers", SiteSetup::controllerSetting),
            preloaded("clock-agents", "clock of two hosts", SiteSetup::agentSetting),
            preloaded("clock-postgres", "clock of PostgreSQL", SiteSetup::databaseEnvironment),
            master());

    private ClockFaults() {}

    @FunctionalInterface
    private interface Variable {
        SiteSetup set(SiteSetup setup, String name, String value);
    }

    private static String what(String side) {
        return side + " set: 10 min ahead, behind, 2 h ahead, behind, 12 s each";
    }

    /** The clock of processes, which a preloaded library changes as a file says. */
    private static Trial preloaded(String name, String side, Variable variable) {
        AtomicReference<Path> file = new AtomicReference<>();
        return new Trial(
                name,
                what(side),
                Requirement.FAKETIME,
                setup -> {
                    file.set(Files.createTempFile("mesos-iam-trial", ".clock"));
                    setup.remove(() -> Files.delete(file.get()));
                    Files.writeString(file.get(), "+0\n");
                    Map.of(
                                    "LD_PRELOAD",
                                            Requirement.faketime().orElseThrow().toString(),
                                    "FAKETIME_TIMESTAMP_FILE", file.get().toString(),
                                    "FAKETIME_NO_CACHE", "1",
                                    "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                                    // the JVM waits by the monotonic clock
                                    "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                                    "FAKETIME_XRESET", "1")
                            .forEach((key, value) -> variable.set(setup, key, value));
                    return setup;
                },
                _ -> {
                    for (Duration step : STEPS) {
                        Files.writeString(file.get(), (step.isNegative() ? "" : "+") + step.toSeconds() + "\n");
                        Thread.sleep(FOR);
                    }
                    Files.writeString(file.get(), "+0\n");
                });
    }

    private static Trial master() {
        AtomicReference<StepClock> clock = new AtomicReference<>();
        return new Trial(
                "clock-master",
                what("clock of the master, in what it lists"),
                setup -> {
                    clock.set(new StepClock());
                    return setup.masterClock(clock.get());
                },
                _ -> {
                    for (Duration step : STEPS) {
                        clock.get().ahead(step);
                        Thread.sleep(FOR);
                    }
                    clock.get().ahead(Duration.ZERO);
                });
    }
}
