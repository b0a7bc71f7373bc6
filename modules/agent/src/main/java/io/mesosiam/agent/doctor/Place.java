package io.mesosiam.agent.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the agent runs. A unit of systemd can't be changed in a container, and the options of a container not on a host. */
public enum Place {
    HOST,
    CONTAINER;

    /** The place with this root directory, in which Docker and Podman put a file. */
    public static Place of(Path root) {
        return Stream.of(".dockerenv", "run/.containerenv").anyMatch(mark -> Files.exists(root.resolve(mark)))
                ? CONTAINER
                : HOST;
    }

    /** The cure that is possible here. */
    String cure(String onHost, String inContainer) {
        return this == HOST ? onHost : inContainer;
    }
}
