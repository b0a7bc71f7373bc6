package io.mesosiam.agent.doctor;

import io.mesosiam.agent.kernel.DescriptorScan;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks whether the listening socket exists independently of the agent. It does if another process holds it too:
 * systemd as the first process, or a supervisor that passes it on.
 */
public record SocketCheck(Path proc, int port, Place place) implements Check {
    private static final int MAX_DESCRIPTORS = 1 << 20;
    private static final String LISTEN = "0A";

    @Override
    public List<Finding> findings() {
        return List.of(Stream.of("net/tcp", "net/tcp6")
                .flatMap(table -> inode(proc.resolve(table)).stream())
                .findFirst()
                .map(this::finding)
                .orElseGet(() -> Finding.warning("socket", "no program listens on %d".formatted(port), "see port")));
    }

    private Finding finding(String inode) {
        try (var scan = new DescriptorScan("socket:[" + inode + "]")) {
            if (holds(scan, "1")) {
                return Finding.ok("socket", "systemd holds it: no request is refused while the agent restarts");
            }
            return holders(scan) > 1
                    ? Finding.ok("socket", "a supervisor holds it: no request is refused while the agent restarts")
                    : Finding.warning(
                            "socket",
                            "it is the agent's own: requests are refused while it restarts",
                            place.cure(
                                    "install packaging/mesos-iam-agent.socket",
                                    "a container's socket ends with it; where that must not be, run the agent as a"
                                            + " service of systemd on the host"));
        } catch (IOException | LinkageError e) {
            return Finding.warning(
                    "socket",
                    "not known whether it outlives the agent: " + FileProblem.describe(e),
                    "run this with SYS_PTRACE; if it has it, as root, a security module such as AppArmor forbids it");
        }
    }

    private boolean holds(DescriptorScan scan, String process) throws IOException {
        return scan.find(proc + "/" + process + "/fd", MAX_DESCRIPTORS) instanceof DescriptorScan.Outcome.Found;
    }

    private boolean stillHolds(DescriptorScan scan, String process) {
        try {
            return holds(scan, process);
        } catch (IOException e) {
            // the process has ended
            return false;
        }
    }

    /** The number of processes that hold the socket: the agent, and those that passed it on and kept it. */
    private int holders(DescriptorScan scan) throws IOException {
        int holders = 0;
        try (var processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (var process : processes) {
                holders += stillHolds(scan, process.getFileName().toString()) ? 1 : 0;
            }
        }
        return holders;
    }

    /** The inode of the socket that listens on the port: proc(5), net/tcp. */
    private Optional<String> inode(Path table) {
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.strip().split("\\s+", -1))
                    .filter(field ->
                            field.length > 9 && field[1].endsWith(":%04X".formatted(port)) && field[3].equals(LISTEN))
                    .map(field -> field[9])
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
