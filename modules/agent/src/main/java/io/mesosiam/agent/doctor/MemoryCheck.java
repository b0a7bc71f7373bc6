package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks whether this process's memory is protected against core files and other processes, as the agent's has to be.
 *
 * @param limits {@code /proc/self/limits} (proc(5)), after {@link io.mesosiam.agent.kernel.MemoryProtection#seal}
 */
public record MemoryCheck(Path limits, Place place) implements Check {
    @Override
    public List<Finding> findings() {
        try {
            return List.of(
                    Files.readAllLines(limits).stream().anyMatch(line -> line.matches("Max core file size +0 +0 .*"))
                            ? Finding.ok("memory", "no core file can contain key material")
                            : Finding.warning(
                                    "memory",
                                    "a core file could contain key material",
                                    place.cure(
                                                    "LimitCORE=0 in the agent's unit",
                                                    "start the container with --ulimit core=0")
                                            + "; on a JVM --enable-native-access=ALL-UNNAMED"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
