package io.mesosiam.agent.doctor;

import io.mesosiam.agent.attest.AttestConfig;
import io.mesosiam.agent.attest.CgroupVersion;
import io.mesosiam.agent.maker.RecordedMakers;
import java.io.IOException;
import java.util.List;

/**
 * Checks whether the kernel can record which container made a socket, on cgroups v1.
 *
 * @param cgroupsRoot Mesos's {@code --cgroups_root}
 */
public record MakerCheck(String cgroupsRoot) implements Check {
    @Override
    public List<Finding> findings() {
        AttestConfig config;
        try {
            config = AttestConfig.detect(cgroupsRoot);
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
                            "the kernel records which container made a socket; sockets of MPTCP, which it can't record, are refused"));
        } catch (IOException | LinkageError e) {
            return List.of(Finding.warning(
                    "socket makers",
                    "the kernel can't record which container made a socket (" + e.getMessage()
                            + "): containers' processes are searched, which costs more",
                    "use Linux 5.15 or later with BTF, mount cgroups v2 beside v1, and allow bpf in the unit's SystemCallFilter;"
                            + " see docs/attestation.md"));
        }
    }
}
