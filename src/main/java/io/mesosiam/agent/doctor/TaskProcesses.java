package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** One process of each of Mesos's containers, as their cgroups say. */
final class TaskProcesses {
    private static final Pattern PID = Pattern.compile("[0-9]{1,10}");

    private TaskProcesses() {}

    /** The lowest process id by the container's path below Mesos's root cgroup. */
    static SortedMap<String, Long> find(Path proc, String cgroupsRoot) throws IOException {
        var processes = new TreeMap<String, Long>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                proc, entry -> PID.matcher(entry.getFileName().toString()).matches())) {
            for (var entry : entries) {
                long pid = Long.parseLong(entry.getFileName().toString());
                container(entry, cgroupsRoot).ifPresent(id -> processes.merge(id, pid, Math::min));
            }
        }
        return processes;
    }

    private static Optional<String> container(Path process, String cgroupsRoot) {
        try {
            return Files.readAllLines(process.resolve("cgroup")).stream()
                    .flatMap(line -> container(line, cgroupsRoot).stream())
                    .findFirst();
        } catch (IOException e) {
            // it has ended
            return Optional.empty();
        }
    }

    /** From one line of {@code /proc/PID/cgroup}: {@code 0::/mesos/ID/leaf}, or {@code N:freezer:/mesos/ID}. */
    static Optional<String> container(String line, String cgroupsRoot) {
        var field = line.split(":", 3);
        var prefix = "/" + cgroupsRoot + "/";
        if (field.length < 3 || !(field[1].isEmpty() || field[1].equals("freezer")) || !field[2].startsWith(prefix)) {
            return Optional.empty();
        }
        var path = field[2].substring(prefix.length());
        return Optional.of(path.endsWith("/leaf") ? path.substring(0, path.length() - "/leaf".length()) : path);
    }
}
