package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.cgroup.ContainerGroup;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real namespaces, seen through a procfs in which one can't be opened for some time. */
class NetworkNamespacesTest extends AttestorFixture {
    @TempDir
    private Path directory;

    @Test
    void namespaceThatCouldNotBeEnteredIsEnteredByALaterScan() throws IOException {
        ContainerLab lab = lab(CgroupVersion.V2);
        LabProcess task = lab.container("task", lab.network());
        Path real = Path.of("/proc", Long.toString(task.pid()));
        Path shown = directory.resolve(Long.toString(task.pid()));
        Path namespaces = Files.createDirectories(shown.resolve("ns"));
        for (String name : List.of("stat", "net")) {
            Files.createSymbolicLink(shown.resolve(name), real.resolve(name));
        }
        Files.createSymbolicLink(directory.resolve("self"), Path.of("/proc/self"));
        Files.createSymbolicLink(namespaces.resolve("net"), Files.readSymbolicLink(real.resolve("ns/net")));

        try (ProcFs proc = new ProcFs(directory)) {
            long inode = proc.networkNamespace(task.pid()).orElseThrow();
            ObservedContainer seen = new ObservedContainer(
                    new Container("task", start(task)),
                    new ContainerGroup("task", directory, directory, 1),
                    task.pid(),
                    inode,
                    OptionalLong.empty());
            NetworkNamespaces scans =
                    new NetworkNamespaces(proc, new SocketLookups(proc, lab.version(), Optional.empty(), true));

            Map<Long, NetworkNamespace> first = scans.of(List.of(seen), Map.of(), true);
            assertThat(first.get(inode).sockets().readsFiles()).isTrue();
            Map<Long, NetworkNamespace> second = scans.of(List.of(seen), first, false);
            assertThat(second.get(inode).sockets()).isSameAs(first.get(inode).sockets());

            Files.delete(namespaces.resolve("net"));
            Files.delete(namespaces);
            Files.createSymbolicLink(namespaces, real.resolve("ns"));
            try (SocketLookup entered =
                    scans.of(List.of(seen), second, false).get(inode).sockets()) {
                assertThat(entered.readsFiles()).isFalse();
            }
        }
    }
}
