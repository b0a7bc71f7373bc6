package io.mesosiam.agent.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks whether the agent has the capabilities that it needs, and how many more.
 *
 * @param status {@code /proc/self/status} (proc(5)); capabilities are numbered as in capabilities(7)
 */
public record CapabilityCheck(Path status, Place place) implements Check {
    private record Capability(int bit, String name, String without) {}

    private static final List<Capability> NEEDED = List.of(
            new Capability(2, "DAC_READ_SEARCH", "the processes of other users' tasks can't be read"),
            new Capability(12, "NET_ADMIN", "no rules can be installed, and no original destination is known"),
            new Capability(19, "SYS_PTRACE", "the namespaces of tasks can't be read"),
            new Capability(21, "SYS_ADMIN", "the sockets of containers with their own network can't be looked up"));

    @Override
    public List<Finding> findings() {
        try {
            return findings(effective(Files.readAllLines(status)), place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Finding> findings(long effective, Place place) {
        var findings = new ArrayList<Finding>();
        for (var needed : NEEDED) {
            if ((effective & (1L << needed.bit())) == 0) {
                findings.add(Finding.failure(
                        "capability",
                        needed.name() + " is missing, " + needed.without(),
                        place.cure(
                                "add CAP_" + needed.name() + " to the unit's AmbientCapabilities",
                                "start the container with --cap-add=" + needed.name())));
            }
        }
        long mask = NEEDED.stream().mapToLong(needed -> 1L << needed.bit()).reduce(0, (a, b) -> a | b);
        int more = Long.bitCount(effective & ~mask);
        if (findings.isEmpty()) {
            findings.add(
                    more == 0
                            ? Finding.ok("capability", "exactly the needed ones")
                            : Finding.warning(
                                    "capability",
                                    "%d more than are needed".formatted(more),
                                    place.cure(
                                            "run the agent by its systemd unit, or drop all but DAC_READ_SEARCH,"
                                                    + " NET_ADMIN, SYS_PTRACE and SYS_ADMIN",
                                            "start the container with --cap-drop=ALL, and with --cap-add for"
                                                    + " DAC_READ_SEARCH, NET_ADMIN, SYS_PTRACE and SYS_ADMIN")));
        }
        return findings;
    }

    static long effective(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("CapEff:"))
                .mapToLong(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .findFirst()
                .orElse(0);
    }
}
