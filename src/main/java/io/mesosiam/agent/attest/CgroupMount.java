package io.mesosiam.agent.attest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the hierarchy that tells containers apart is mounted. */
record CgroupMount(CgroupVersion version, Path path) {
    static Optional<CgroupMount> find(Path proc) {
        try {
            return parse(Files.readString(proc.resolve("self/mountinfo"), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the list of mounts", e);
        }
    }

    /**
     * Reads {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)): six fields, the fifth of them the mount point, then optional
     * ones up to a lone {@code -}, then file system type, source and the super block's options.
     */
    static Optional<CgroupMount> parse(String mountinfo) {
        List<CgroupMount> mounts = mountinfo
                .lines()
                .map(CgroupMount::parseLine)
                .flatMap(Optional::stream)
                .toList();
        return mounts.stream()
                .filter(mount -> mount.version == CgroupVersion.V1)
                .findFirst()
                .or(() -> mounts.stream().findFirst());
    }

    private static Optional<CgroupMount> parseLine(String line) {
        int separator = line.indexOf(" - ");
        if (separator < 0) {
            return Optional.empty();
        }
        String[] mount = line.substring(0, separator).split(" ", -1);
        String[] system = line.substring(separator + 3).split(" ", -1);
        if (mount.length < 6 || system.length < 3) {
            return Optional.empty();
        }
        boolean freezer = List.of(system[2].split(",", -1)).contains("freezer");
        return switch (system[0]) {
            case "cgroup" ->
                freezer ? Optional.of(new CgroupMount(CgroupVersion.V1, Path.of(mount[4]))) : Optional.empty();
            case "cgroup2" -> Optional.of(new CgroupMount(CgroupVersion.V2, Path.of(mount[4])));
            default -> Optional.empty();
        };
    }
}
