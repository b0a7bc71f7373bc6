package io.mesosiam.agent.metrics;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The agent's version, and its own CPU time, memory and descriptors under the names that Prometheus's client libraries
 * use, read from {@code /proc}. A value that can't be read has no sample.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics">process metrics</a>
 */
public final class ProcessMetrics implements MetricSource {
    /** USER_HZ, in which proc(5) states times: 100 on every architecture that the agent runs on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Fields of {@code /proc/self/stat}, counted from the one after the command's name, which may have blanks. */
    private static final int UTIME = 11;

    private static final int STIME = 12;
    private static final int STARTTIME = 19;
    private static final int VSIZE = 20;

    private static final Pattern BOOTED = Pattern.compile("(?m)^btime (\\d+)$");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
    private static final Pattern DESCRIPTORS = Pattern.compile("(?m)^Max open files\\s+(\\d+)\\s");

    private final Path proc;
    private final String version;

    /**
     * Creates the metrics of this process.
     *
     * @param proc where proc(5) is mounted
     * @param version the agent's version
     */
    public ProcessMetrics(Path proc, String version) {
        this.proc = proc;
        this.version = version;
    }

    @Override
    public void expose(Exposition out) {
        out.gauge("mesosiam_agent_build_info", "1, with the versions of the agent and of its Java as labels.")
                .sample(1, "version", version, "java", Runtime.version().toString());
        List<String> stat = stat();
        sample(
                out.counter("process_cpu_seconds_total", "CPU time that the agent has used, in seconds."),
                seconds(stat, fields -> ticks(fields, UTIME) + ticks(fields, STIME)));
        OptionalLong booted = number(proc.resolve("stat"), BOOTED);
        OptionalDouble sinceBoot = seconds(stat, fields -> ticks(fields, STARTTIME));
        sample(
                out.gauge("process_start_time_seconds", "When the agent was started, in seconds since 1970."),
                booted.isPresent() && sinceBoot.isPresent()
                        ? OptionalDouble.of(booted.getAsLong() + sinceBoot.getAsDouble())
                        : OptionalDouble.empty());
        sample(
                out.gauge("process_virtual_memory_bytes", "Size of the agent's address space."),
                stat.isEmpty() ? OptionalLong.empty() : OptionalLong.of(ticks(stat, VSIZE)));
        OptionalLong resident = number(own("status"), RESIDENT);
        sample(
                out.gauge("process_resident_memory_bytes", "Memory of the agent that is in RAM."),
                resident.isPresent() ? OptionalLong.of(resident.getAsLong() * 1024) : resident);
        sample(out.gauge("process_open_fds", "Descriptors that the agent has open."), open());
        sample(
                out.gauge("process_max_fds", "Descriptors that the agent may have open."),
                number(own("limits"), DESCRIPTORS));
    }

    private Path own(String file) {
        return proc.resolve("self").resolve(file);
    }

    /** The fields behind the command's name; empty if they can't be read. */
    private List<String> stat() {
        String text = read(own("stat"));
        List<String> fields =
                List.of(text.substring(text.lastIndexOf(')') + 1).strip().split(" "));
        return fields.size() > VSIZE ? fields : List.of();
    }

    private static long ticks(List<String> stat, int field) {
        return Long.parseLong(stat.get(field));
    }

    private static OptionalDouble seconds(List<String> stat, ToLongFunction<List<String>> ticks) {
        return stat.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(ticks.applyAsLong(stat) / TICKS_PER_SECOND);
    }

    /** The number that the expression finds; empty if the file can't be read or has none. */
    private static OptionalLong number(Path file, Pattern line) {
        Matcher found = line.matcher(read(file));
        return found.find() ? OptionalLong.of(Long.parseLong(found.group(1))) : OptionalLong.empty();
    }

    /** The open descriptors, apart from this listing's own. */
    private OptionalLong open() {
        long open = -1;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(own("fd"))) {
            for (Path _ : descriptors) {
                open++;
            }
            return OptionalLong.of(open);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Files of proc(5) have no length, so they are read to their end. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static void sample(Exposition.Family family, OptionalLong value) {
        value.ifPresent(number -> {
            var _ = family.sample(number);
        });
    }

    private static void sample(Exposition.Family family, OptionalDouble value) {
        value.ifPresent(number -> {
            var _ = family.sample(number);
        });
    }
}
