package io.mesosiam.agent.attest;

import io.mesosiam.agent.SharedGroup;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.docker.DockerDaemon;
import io.mesosiam.agent.docker.FakeDocker;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Docker for tests: real processes in cgroups where Docker creates them, and a daemon with the answers that a test
 * sets.
 */
final class DockerLab implements AutoCloseable {
    private final CgroupVersion version;
    private final SharedGroup parent;
    private final FakeDocker daemon = FakeDocker.start();
    private final List<LabProcess> processes = new ArrayList<>();
    private final Deque<Path> made = new ArrayDeque<>();

    /** Uses the hierarchy of an open lab, which proves that the test is root and may make cgroups. */
    DockerLab(ContainerLab lab) throws IOException {
        version = lab.version();
        // with the cgroupfs driver, and with systemd's
        parent = new SharedGroup(
                lab.config().hierarchy().resolve(version == CgroupVersion.V1 ? "docker" : "system.slice"));
    }

    /**
     * A running container.
     *
     * @param id Docker's id
     */
    record DockerContainer(String id, LabProcess process) {}

    FakeDocker daemon() {
        return daemon;
    }

    Optional<DockerDaemon> client() {
        return Optional.of(new DockerDaemon(daemon.socket(), TimeLimit.seconds(5)));
    }

    /** A container on the host's network that the daemon knows under this name. */
    DockerContainer container(String name) throws IOException {
        DockerContainer container = unknown(Optional.empty());
        daemon.has(container.id(), name, container.process().pid());
        return container;
    }

    DockerContainer container(String name, LabNetwork network) throws IOException {
        DockerContainer container = unknown(Optional.of(network));
        daemon.has(container.id(), name, container.process().pid());
        return container;
    }

    /** A container that the daemon does not know. */
    DockerContainer unknown(Optional<LabNetwork> network) throws IOException {
        byte[] random = new byte[32];
        ThreadLocalRandom.current().nextBytes(random);
        String id = HexFormat.of().formatHex(random);
        Path group = parent.create(version == CgroupVersion.V1 ? id : "docker-" + id + ".scope");
        made.push(group);
        LabProcess process = LabProcess.start(network.map(LabNetwork::enter).orElse(List.of()));
        processes.add(process);
        process.run("echo $$ > " + group.resolve("cgroup.procs"));
        return new DockerContainer(id, process);
    }

    @Override
    public void close() throws IOException {
        daemon.close();
        processes.forEach(LabProcess::close);
        for (Path group : made) {
            Files.delete(group);
        }
        parent.remove();
    }
}
