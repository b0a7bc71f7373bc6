package io.mesosiam.agent.attest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mesosiam.agent.Clearing;
import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.maker.RecordedMakers;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * A host for tests: real cgroups in Mesos's layout, real network namespaces, real processes, and a listening socket in
 * the role of the agent's. Where the kernel or missing rights prevent that, tests are skipped with the reason.
 */
final class ContainerLab implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int SUBNETS = 1 << 14;

    private final CgroupConfig config;
    private final MesosGroups groups;
    private final Optional<LabNetClasses> netClasses;
    private final ServerSocket agent;
    private final List<LabProcess> processes = new ArrayList<>();
    private final List<LabNetwork> networks = new ArrayList<>();
    private final List<LabBridge> bridges = new ArrayList<>();
    private final List<Closeable> connections = new ArrayList<>();

    private final Clearing clearing;

    private ContainerLab(CgroupConfig config, MesosGroups groups, Optional<LabNetClasses> netClasses)
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

    /**
     * A lab on cgroups v1, in which the sockets of every root container have a class, as with Mesos's
     * {@code cgroups/net_cls} isolation.
     */
    static ContainerLab openWithNetClasses() throws IOException {
        return open(CgroupVersion.V1, true);
    }

    private static ContainerLab open(CgroupVersion version, boolean withNetClasses) throws IOException {
        assume("root".equals(System.getProperty("user.name")), "not root");
        assume(Files.exists(Path.of("/usr/bin/bash")) || Files.exists(Path.of("/bin/bash")), "no bash");
        Optional<Path> hierarchy = mounted(version);
        assume(hierarchy.isPresent(), "cgroups " + version + " are not mounted");
        Optional<LabNetClasses> netClasses = withNetClasses ? Optional.of(LabNetClasses.open()) : Optional.empty();
        CgroupConfig config = new CgroupConfig(
                version,
                hierarchy.orElseThrow(),
                netClasses.map(LabNetClasses::mount),
                "mesos-iam-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet(),
                CgroupConfig.DEFAULT_PROC);
        return new ContainerLab(config, groups(config, netClasses), netClasses);
    }

    private static MesosGroups groups(CgroupConfig config, Optional<LabNetClasses> netClasses) throws IOException {
        try {
            return new MesosGroups(config);
        } catch (IOException e) {
            netClasses.ifPresent(LabNetClasses::close);
            assume(false, "can't make a group in " + config.hierarchy() + ": " + e);
            throw e;
        }
    }

    /** Skips the test unless the condition holds, and prints the reason. */
    static void assume(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println("SKIPPED, the kernel or our rights don't allow it: " + otherwise);
        }
        assumeTrue(holds, otherwise);
    }

    private static Optional<Path> mounted(CgroupVersion version) throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(mount -> switch (version) {
                    case V1 -> mount.contains(" - cgroup ") && mount.contains("freezer");
                    case V2 -> mount.contains(" - cgroup2 ");
                })
                .map(mount -> Path.of(mount.split(" ", -1)[4]))
                .findFirst();
    }

    CgroupConfig config() {
        return config;
    }

    CgroupVersion version() {
        return config.version();
    }

    /** Has the kernel record the makers of sockets. */
    RecordedMakers makers() throws IOException {
        try {
            return RecordedMakers.start(config);
        } catch (IOException | LinkageError e) {
            assume(false, "the kernel doesn't record the makers of sockets: " + e.getMessage());
            throw e;
        }
    }

    /** The cgroup of a container's processes; created if absent. */
    Path groupOf(String id) {
        return groups.groupOf(id);
    }

    /** Kills all processes in a container's cgroup except its first one. */
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

    /** Removes a container's cgroup with the nested ones; they must contain no process. */
    void removeGroup(String id) {
        groups.remove(id);
        if (!id.contains("/")) {
            netClasses.ifPresent(classes -> classes.take(config.cgroupRoot(), id));
        }
    }

    /** Starts a container on the host's network: one shell in its own cgroup. */
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

    /** The shell command that moves a process into a container's cgroups, which are created if absent. */
    String joining(String pid, String id) {
        netClasses.ifPresent(classes -> classes.give(config.cgroupRoot(), id));
        String command = "echo " + pid + " > " + groupOf(id).resolve("cgroup.procs");
        return netClasses
                .map(classes -> command + "; echo " + pid + " > "
                        + classes.groupOf(config.cgroupRoot(), id).resolve("cgroup.procs"))
                .orElse(command);
    }

    /** Sets the class of sockets that a root container and those nested in it create from now on. */
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

    /** A new namespace with one address, linked to the host by a pair of virtual interfaces. */
    LabNetwork network() {
        LabNetwork network = free(SUBNETS, LabNetwork::create);
        networks.add(network);
        return network;
    }

    /** Two namespaces on one bridge, each with one address. */
    LabBridge bridge() {
        LabBridge bridge = free(SUBNETS / 2, LabBridge::create);
        bridges.add(bridge);
        return bridge;
    }

    /** Makes one in a subnet that no other test program of this host uses. */
    private static <T> T free(int subnets, IntFunction<Optional<T>> create) {
        return ThreadLocalRandom.current()
                .ints(subnets, 0, subnets)
                .mapToObj(create)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow();
    }

    int port() {
        return agent.getLocalPort();
    }

    /**
     * Makes a process connect to the agent's socket and returns the ends that the agent sees. The process's descriptor
     * is 3.
     */
    Caller connect(LabProcess process, String agentAddress) {
        process.run("exec 3<>/dev/tcp/" + agentAddress + "/" + port());
        return accept();
    }

    /** The two ends of the next connection, as the agent's socket reports them. */
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

    /** A connection from this process, which has the role of the agent. */
    Caller connectFromAgent(InetAddress address) throws IOException {
        return connectFromAgent(address, 0);
    }

    /**
     * A connection from this process.
     *
     * @param typeOfService which also sets the socket's priority to one of the lower ones
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
