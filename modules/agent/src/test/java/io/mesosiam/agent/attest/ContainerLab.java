package io.mesosiam.agent.attest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.Clearing;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A host for tests: real cgroups in Mesos's own layout, real network namespaces, real processes, and a listening socket that plays the
 * agent's. Where the kernel or our rights don't allow that, tests are skipped and say why.
 */
final class ContainerLab implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int SUBNETS = 1 << 14;

    private final AttestConfig config;
    private final MesosGroups groups;
    private final Optional<LabNetClasses> netClasses;
    private final ServerSocket agent;
    private final List<LabProcess> processes = new ArrayList<>();
    private final List<LabNetwork> networks = new ArrayList<>();
    private final List<LabBridge> bridges = new ArrayList<>();
    private final List<Closeable> connections = new ArrayList<>();

    private final Clearing clearing;

    private ContainerLab(AttestConfig config, MesosGroups groups, Optional<LabNetClasses> netClasses)
            throws IOException {
        this.config = config;
        this.groups = groups;
        this.netClasses = netClasses;
        this.agent = new ServerSocket(0);
        this.clearing = new Clearing(groups, this::clear);
    }

    static ContainerLab open(CgroupVersion version) throws IOException {
        return open(version, false);
    }

    /** On cgroups v1, where every root container's sockets have a class, as Mesos's {@code cgroups/net_cls} isolation gives it. */
    static ContainerLab openWithNetClasses() throws IOException {
        return open(CgroupVersion.V1, true);
    }

    private static ContainerLab open(CgroupVersion version, boolean withNetClasses) throws IOException {
        assume("root".equals(System.getProperty("user.name")), "not root");
        assume(Files.exists(Path.of("/usr/bin/bash")) || Files.exists(Path.of("/bin/bash")), "no bash");
        Optional<Path> hierarchy = mounted(version);
        assume(hierarchy.isPresent(), "cgroups " + version + " are not mounted");
        Optional<LabNetClasses> netClasses = withNetClasses ? Optional.of(LabNetClasses.open()) : Optional.empty();
        AttestConfig config = new AttestConfig(
                version,
                hierarchy.orElseThrow(),
                netClasses.map(LabNetClasses::mount),
                "mesos-iam-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet(),
                AttestConfig.DEFAULT_PROC);
        return new ContainerLab(config, groups(config, netClasses), netClasses);
    }

    private static MesosGroups groups(AttestConfig config, Optional<LabNetClasses> netClasses) throws IOException {
        try {
            return new MesosGroups(config);
        } catch (IOException e) {
            netClasses.ifPresent(LabNetClasses::close);
            assume(false, "can't make a group in " + config.hierarchy() + ": " + e);
            throw e;
        }
    }

    /** Skips the test, and says so where it is read. */
    static void assume(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println("SKIPPED, the kernel or our rights don't allow it: " + otherwise);
        }
        assumeTrue(holds, otherwise);
    }

    private static Optional<Path> mounted(CgroupVersion version) throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .lines()
                .map(CgroupMount::parse)
                .flatMap(Optional::stream)
                .filter(mount -> mount.version() == version)
                .map(CgroupMount::path)
                .findFirst();
    }

    AttestConfig config() {
        return config;
    }

    CgroupVersion version() {
        return config.version();
    }

    /** Where a container's processes are; made if it isn't there yet. */
    Path groupOf(String id) {
        return groups.groupOf(id);
    }

    /** Ends everything in a container's group but its first process. */
    void killAllBut(long first, String id) {
        try {
            for (String pid : Files.readAllLines(groupOf(id).resolve("cgroup.procs"))) {
                ProcessHandle.of(Long.parseLong(pid))
                        .filter(process -> process.pid() != first)
                        .ifPresent(LabProcess::kill);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a container's group away, with those nested in it; no process may be left in them. */
    void removeGroup(String id) {
        groups.remove(id);
        if (!id.contains("/")) {
            netClasses.ifPresent(classes -> classes.take(config.cgroupRoot(), id));
        }
    }

    /** Starts a container on the host's network: one shell in its own group. */
    LabProcess container(String id) {
        return container(id, Optional.empty());
    }

    LabProcess container(String id, LabNetwork network) {
        return container(id, Optional.of(network));
    }

    private LabProcess container(String id, Optional<LabNetwork> network) {
        LabProcess process = process(network);
        process.run(joining("$$", id));
        return process;
    }

    /** What a shell does to bring a process into a container's groups, which are made if they aren't there yet. */
    String joining(String pid, String id) {
        netClasses.ifPresent(classes -> classes.give(config.cgroupRoot(), id));
        String command = "echo " + pid + " > " + groupOf(id).resolve("cgroup.procs");
        return netClasses
                .map(classes -> command + "; echo " + pid + " > "
                        + classes.groupOf(config.cgroupRoot(), id).resolve("cgroup.procs"))
                .orElse(command);
    }

    /** Has the sockets of a root container, and of those nested in it, made with this class from now on. */
    void setClass(String id, long classId) {
        netClasses.orElseThrow().set(config.cgroupRoot(), id, classId);
    }

    /** A process of the host that is in no container. */
    LabProcess hostProcess() {
        return process(Optional.empty());
    }

    private LabProcess process(Optional<LabNetwork> network) {
        LabProcess process = LabProcess.start(network.map(LabNetwork::enter).orElse(List.of()));
        processes.add(process);
        return process;
    }

    /** A namespace of its own with one address, linked to the host by a pair of virtual interfaces. */
    LabNetwork network() {
        long pid = ProcessHandle.current().pid();
        int subnet = (int) ((pid * 37 + COUNT.incrementAndGet()) % SUBNETS);
        LabNetwork network = LabNetwork.create("mia" + pid % 100_000 + "x" + COUNT.incrementAndGet(), subnet);
        networks.add(network);
        return network;
    }

    /** Two namespaces on one bridge, each with one address. */
    LabBridge bridge() {
        long pid = ProcessHandle.current().pid();
        int subnet = (int) ((pid * 41 + COUNT.incrementAndGet()) % (SUBNETS / 2));
        LabBridge bridge = LabBridge.create("mib" + pid % 100_000 + "x" + COUNT.incrementAndGet(), subnet);
        bridges.add(bridge);
        return bridge;
    }

    int port() {
        return agent.getLocalPort();
    }

    /** Lets a process connect to the agent's socket and gives what the agent sees of it. The process's descriptor is 3. */
    Caller connect(LabProcess process, String agentAddress) {
        process.run("exec 3<>/dev/tcp/" + agentAddress + "/" + port());
        return accept();
    }

    /** The next connection's two ends as the agent's own socket knows them. */
    Caller accept() {
        return ends(accepted());
    }

    static Caller ends(Socket accepted) {
        return new Caller((InetSocketAddress) accepted.getRemoteSocketAddress(), (InetSocketAddress)
                accepted.getLocalSocketAddress());
    }

    /** The agent's end of the next connection. */
    Socket accepted() {
        try {
            Socket accepted = agent.accept();
            connections.add(accepted);
            return accepted;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection from this very process, which is what the agent is to itself. */
    Caller connectFromAgent(InetAddress address) throws IOException {
        return connectFromAgent(address, 0);
    }

    /**
     * @param typeOfService which also gives the socket one of the lower priorities
     */
    Caller connectFromAgent(InetAddress address, int typeOfService) throws IOException {
        SocketChannel own = SocketChannel.open(new InetSocketAddress(address, port()));
        connections.add(own);
        own.setOption(StandardSocketOptions.IP_TOS, typeOfService);
        return accept();
    }

    @Override
    public void close() throws IOException {
        clearing.close();
    }

    private void clear() throws IOException {
        for (Closeable connection : connections) {
            connection.close();
        }
        agent.close();
        processes.forEach(LabProcess::close);
        networks.forEach(LabNetwork::close);
        bridges.forEach(LabBridge::close);
        groups.close();
        netClasses.ifPresent(classes -> {
            MesosGroups.removeTree(classes.mount().resolve(config.cgroupRoot()));
            classes.close();
        });
    }
}
