package io.mesosiam.agent.doctor;

import io.mesosiam.agent.cgroup.ContainerPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds one process of each Mesos container by its cgroup. */
final class TaskProcesses {
    private static final Pattern PID = Pattern.compile("[0-9]{1,10}");

    private TaskProcesses() {}

    /** The lowest process id by the container's id, in the form of logs and audit: {@code PARENT/CHILD}. */
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
            // a cgroup's name may contain any bytes but a line feed
            String cgroups = new String(Files.readAllBytes(process.resolve("cgroup")), StandardCharsets.ISO_8859_1);
            return Stream.of(cgroups.split("\n", -1))
                    .flatMap(line -> container(line, cgroupsRoot).stream())
                    .findFirst();
        } catch (IOException e) {
            // the process has ended
            return Optional.empty();
        }
    }

    /**
     * Parses one line of {@code /proc/PID/cgroup}: {@code 0::/mesos/ID/leaf}, or {@code N:freezer:/mesos/ID}. A nested
     * container's cgroup is {@code /mesos/PARENT/mesos/CHILD}.
     */
    static Optional<String> container(String line, String cgroupsRoot) {
        var field = line.split(":", 3);
        var prefix = "/" + cgroupsRoot + "/";
        if (field.length < 3 || !(field[1].isEmpty() || field[1].equals("freezer")) || !field[2].startsWith(prefix)) {
            return Optional.empty();
        }
        var path = field[2].substring(prefix.length());
        var steps =
                (path.endsWith("/leaf") ? path.substring(0, path.length() - "/leaf".length()) : path).split("/", -1);
        List<String> ids = IntStream.range(0, steps.length)
                .filter(i -> i % 2 == 0)
                .mapToObj(i -> steps[i])
                .toList();
        // a process can be in a cgroup with any name below its container's own
        return ids.stream().allMatch(ContainerPath::isSegment) ? Optional.of(String.join("/", ids)) : Optional.empty();
    }
}
