package io.mesosiam.trial;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a trial needs of the machine. */
enum Requirement {
    NOTHING,
    /** Containers, mounts and network namespaces. */
    ROOT,
    /** The jar of an earlier build's controller, in the system property {@code trial.earlier-controller}. */
    EARLIER_CONTROLLER,
    /** The program of an earlier build's agent, in the system property {@code trial.earlier-agent}, and root. */
    EARLIER_AGENT,
    /** The library of Debian's package {@code faketime}, which changes the clock of a process, and root. */
    FAKETIME;

    /** Why the machine doesn't allow the trial; empty if it does. */
    Optional<String> missing() {
        return switch (this) {
            case NOTHING -> Optional.empty();
            case ROOT -> Privileges.root() ? Optional.empty() : Optional.of("needs root");
            case EARLIER_CONTROLLER ->
                earlierController().isPresent() ? Optional.empty() : Optional.of("needs -Dtrial.earlier-controller");
            case EARLIER_AGENT ->
                ROOT.missing()
                        .or(() -> earlierAgent().isPresent()
                                ? Optional.empty()
                                : Optional.of("needs -Dtrial.earlier-agent"));
            case FAKETIME ->
                ROOT.missing().or(() -> faketime().isPresent() ? Optional.empty() : Optional.of("needs faketime"));
        };
    }

    static Optional<Path> earlierController() {
        return Optional.ofNullable(System.getProperty("trial.earlier-controller"))
                .map(jar -> Path.of(jar).toAbsolutePath());
    }

    static Optional<Path> earlierAgent() {
        return Optional.ofNullable(System.getProperty("trial.earlier-agent")).map(Path::of);
    }

    /** The library to preload. */
    static Optional<Path> faketime() {
        return Stream.of("x86_64", "aarch64")
                .map(machine -> Path.of("/usr/lib/" + machine + "-linux-gnu/faketime/libfaketimeMT.so.1"))
                .filter(Files::exists)
                .findFirst();
    }
}
