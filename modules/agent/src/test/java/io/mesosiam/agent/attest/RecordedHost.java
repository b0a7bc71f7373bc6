package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Recreates a recorded host: containers with the same ids in cgroups of the same layout, in separate or shared network
 * namespaces as next to the real Mesos agent. Only the addresses differ.
 */
public final class RecordedHost implements AutoCloseable {
    private final ContainerLab lab;
    private final KernelAttestor attestor;
    private final Map<Row, LabProcess> processes = new HashMap<>();
    private final Map<String, LabNetwork> networks = new HashMap<>();

    /**
     * One container, or the Mesos agent itself.
     *
     * @param id its path; empty for the Mesos agent
     * @param network the recorded inode of its network namespace
     * @param what its description
     * @param by the expected method of attestation, {@code -} for no container
     * @param lease the container whose lease it gets, {@code -} for none
     */
    public record Row(
            CgroupVersion layout, String id, String network, String address, String what, String by, String lease) {
        /** Whether it is a task, and so has its own lease. */
        public boolean isTask() {
            return lease.equals(id);
        }
    }

    private RecordedHost(ContainerLab lab) {
        this.lab = lab;
        this.attestor = new KernelAttestor(lab.config(), (started, ended) -> {});
    }

    public static List<Row> rows(CgroupVersion layout) throws IOException {
        try (InputStream recorded = RecordedHost.class.getResourceAsStream("recorded-containers.tsv")) {
            return new String(Objects.requireNonNull(recorded).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", -1))
                    .map(f -> new Row(CgroupVersion.valueOf(f[0]), f[1], f[2], f[3], f[4], f[5], f[6]))
                    .filter(row -> row.layout() == layout)
                    .toList();
        }
    }

    /** Recreates the host, or skips the test if the kernel or missing rights prevent that. */
    public static RecordedHost open(CgroupVersion layout) throws IOException {
        RecordedHost host = new RecordedHost(ContainerLab.open(layout));
        List<Row> rows = rows(layout);
        String hostNetwork = rows.stream()
                .filter(row -> row.id().isEmpty())
                .map(Row::network)
                .findFirst()
                .orElseThrow();
        for (Row row : rows) {
            host.processes.put(row, host.start(row, hostNetwork));
        }
        return host;
    }

    private LabProcess start(Row row, String hostNetwork) {
        if (row.id().isEmpty()) {
            return lab.hostProcess();
        }
        return row.network().equals(hostNetwork)
                ? lab.container(row.id())
                : lab.container(row.id(), networks.computeIfAbsent(row.network(), inode -> lab.network()));
    }

    /** Attests a connection that a process in the container opens. */
    public Attestation attest(Row row) {
        LabNetwork network = networks.get(row.network());
        LabProcess process = Objects.requireNonNull(processes.get(row));
        return attestor.attest(
                lab.connect(process, network == null ? "127.0.0.1" : network.hostAddress()), Deadlines.ample());
    }

    @Override
    public void close() throws IOException {
        attestor.close();
        lab.close();
    }
}
