package io.mesosiam.sandbox.process;

import java.util.List;

/** JVM flags of a controller. docker/controller.Dockerfile and docs/controller.md have the same. */
public final class ControllerJvm {
    /** All flags, in order. */
    public static final List<String> FLAGS = List.of(
            "-XX:MaxRAMPercentage=75",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED");

    private ControllerJvm() {}
}
