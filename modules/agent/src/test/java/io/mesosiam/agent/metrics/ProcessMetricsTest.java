package io.mesosiam.agent.metrics;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMetricsTest {
    @TempDir
    Path proc;

    @Test
    void valuesOfThisProcessAreThoseOfTheKernel() {
        Map<String, Double> values = values(Path.of("/proc"));
        double started = ProcessHandle.current()
                .info()
                .startInstant()
                .map(Instant::getEpochSecond)
                .orElseThrow();

        assertThat(values.get("process_cpu_seconds_total")).isPositive();
        assertThat(values.get("process_start_time_seconds")).isBetween(started - 2, started + 2);
        assertThat(values.get("process_resident_memory_bytes")).isGreaterThan(1 << 20);
        assertThat(values.get("process_virtual_memory_bytes"))
                .isGreaterThan(values.get("process_resident_memory_bytes"));
        assertThat(values.get("process_open_fds")).isBetween(3.0, values.get("process_max_fds"));
    }

    @Test
    void filesAreReadAsTheKernelWritesThem() throws IOException {
        Files.createDirectories(proc.resolve("self/fd"));
        for (int descriptor = 0; descriptor < 8; descriptor++) {
            Files.createFile(proc.resolve("self/fd/" + descriptor));
        }
        // the name has blanks and brackets
        Files.writeString(
                proc.resolve("self/stat"),
                "42 (a) b (c) S 1 42 42 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 21 0 12345 4000000 900 18446744073709551615 1 1\n");
        Files.writeString(proc.resolve("stat"), "cpu  1 2 3\nctxt 9\nbtime 1700000000\nprocesses 5\n");
        Files.writeString(proc.resolve("self/status"), "Name:\ta\nVmHWM:\t  9999 kB\nVmRSS:\t  2048 kB\n");
        Files.writeString(proc.resolve("self/limits"), """
                Limit                     Soft Limit           Hard Limit           Units
                Max open files            1024                 4096                 files
                """);

        assertThat(values(proc))
                .containsEntry("process_cpu_seconds_total", 3.0)
                .containsEntry("process_start_time_seconds", 1700000123.45)
                .containsEntry("process_virtual_memory_bytes", 4000000.0)
                .containsEntry("process_resident_memory_bytes", 2097152.0)
                .containsEntry("process_open_fds", 7.0)
                .containsEntry("process_max_fds", 1024.0);
    }

    @Test
    void valuesThatCannotBeReadHaveNoSample() {
        assertThat(values(proc)).containsOnlyKeys("mesosiam_agent_build_info");
    }

    @Test
    void versionsAreLabels() {
        assertThat(text(proc))
                .contains("mesosiam_agent_build_info{version=\"1.2.3\",java=\"" + Runtime.version() + "\"} 1\n");
    }

    @Test
    void metricsAreDocumentedWithTheirTypes() throws IOException {
        List<String> documentation = Files.readAllLines(Path.of("docs/agent.md"));

        assertThat(text(proc).lines().filter(line -> line.startsWith("# TYPE ")).map(line -> line.split(" ")))
                .hasSize(7)
                .allSatisfy(type -> assertThat(documentation)
                        .anyMatch(line -> line.startsWith("| `" + type[2]) && line.contains(" | " + type[3] + " | ")));
    }

    private static Map<String, Double> values(Path proc) {
        return text(proc)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" "))
                .collect(toMap(sample -> sample[0].replaceFirst("\\{.*", ""), sample -> Double.valueOf(sample[1])));
    }

    private static String text(Path proc) {
        Exposition out = new Exposition();
        new ProcessMetrics(proc, "1.2.3").expose(out);
        return out.toString();
    }
}
