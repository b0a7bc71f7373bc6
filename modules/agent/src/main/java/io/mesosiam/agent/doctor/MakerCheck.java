package io.mesosiam.agent.doctor;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.maker.RecordedMakers;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Checks whether the kernel can record which container made a socket, on cgroups v1, and whether it goes on while the
 * agent restarts.
 *
 * @param cgroupsRoot Mesos's {@code --cgroups_root}
 */
public record MakerCheck(String cgroupsRoot, Path proc, Place place) implements Check {
    @Override
    public List<Finding> findings() {
        CgroupConfig config;
        try {
            config = CgroupConfig.detect(cgroupsRoot);
        } catch (IllegalStateException notMounted) {
            return List.of(); // the check of cgroups reports it
        }
        if (config.version() == CgroupVersion.V2) {
            return List.of();
        }
        try (RecordedMakers _ = RecordedMakers.start(config)) {
            return List.of(
                    Finding.ok(
                            "socket makers",
                            "the kernel records which container made a socket; sockets of MPTCP, which it can't record, are refused"),
                    kept());
        } catch (IOException | LinkageError e) {
            return List.of(Finding.warning(
                    "socket makers",
                    "the kernel can't record which container made a socket (" + FileProblem.describe(e)
                            + "): containers' processes are searched, which costs more",
                    KernelPrograms.cure("docs/attestation.md", place)));
        }
    }

    /** Whether the first process holds a table of makers, as systemd does for an agent that it runs. */
    Finding kept() {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve("1/fdinfo"))) {
            for (Path descriptor : descriptors) {
                if (isTable(descriptor)) {
                    return Finding.ok("socket makers", "systemd keeps the record while the agent restarts");
                }
            }
            return Finding.warning(
                    "socket makers",
                    "systemd keeps no record of an agent: requests that are made while the agent restarts are answered"
                            + " 503 once",
                    place.cure(
                            "start the agent by packaging/mesos-iam-agent.service, with systemd 246 or later",
                            "a container keeps none; where that must not be, run the agent as a service of systemd on"
                                    + " the host"));
        } catch (IOException e) {
            return unknown(e);
        } catch (DirectoryIteratorException e) {
            return unknown(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static Finding unknown(Throwable e) {
        return Finding.warning(
                "socket makers",
                "not known whether systemd keeps the record while the agent restarts: " + FileProblem.describe(e),
                "run this with SYS_PTRACE and DAC_READ_SEARCH; if it has them, as root, a security module such as"
                        + " AppArmor forbids it");
    }

    private static boolean isTable(Path descriptor) {
        try {
            return RecordedMakers.isTable(Files.readString(descriptor));
        } catch (IOException closed) {
            return false;
        }
    }
}
