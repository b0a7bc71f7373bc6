package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Does this process keep its memory to itself, as the agent has to?
 *
 * @param limits {@code /proc/self/limits} (proc(5)), once the process has been sealed
 */
public record MemoryCheck(Path limits) implements Check {
    @Override
    public List<Finding> findings() {
        try {
            return List.of(
                    Files.readAllLines(limits).stream().anyMatch(line -> line.matches("Max core file size +0 +0 .*"))
                            ? Finding.ok("memory", "no core file can show key material")
                            : Finding.warning(
                                    "memory",
                                    "a core file could show key material",
                                    "LimitCORE=0 in the agent's unit; on a JVM --enable-native-access=ALL-UNNAMED"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
