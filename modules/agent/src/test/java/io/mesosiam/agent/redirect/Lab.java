package io.mesosiam.agent.redirect;

import io.mesosiam.agent.kernel.SocketMark;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A host, a container on one of its bridges, and the network that it is connected to, in which the real metadata service
 * answers at every served address.
 *
 * <pre>
 *   container 172.30.0.2 ── bridge 172.30.0.1 host 10.9.0.2 ── up0 ── 10.9.0.1 network (169.254.169.254, …)
 * </pre>
 */
final class Lab implements AutoCloseable {
    static final int PORT = 18080;
    private static final int WAIT_MILLIS = TimeLimit.millis(400);

    final NetworkNamespace host = new NetworkNamespace("host");
    final NetworkNamespace container = new NetworkNamespace("container");
    final NetworkNamespace network = new NetworkNamespace("network");
    private final List<Path> cgroups;

    Lab() throws IOException {
        link(host, "up0", network, "down0");
        link(host, "veth0", container, "eth0");
        host.sh("""
                sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
                ip link add br0 type bridge
                ip link set veth0 master br0
                ip link set veth0 up; ip link set up0 up; ip link set br0 up
                ip addr add 10.9.0.2/24 dev up0; ip addr add fd09::2/64 dev up0 nodad
                ip addr add 172.30.0.1/24 dev br0; ip addr add fd30::1/64 dev br0 nodad
                ip route add default via 10.9.0.1; ip route add default via fd09::1
                """);
        container.sh("""
                ip link set eth0 up
                ip addr add 172.30.0.2/24 dev eth0; ip addr add fd30::2/64 dev eth0 nodad
                ip route add default via 172.30.0.1; ip route add default via fd30::1
                """);
        network.sh("""
                ip link set down0 up
                ip addr add 10.9.0.1/24 dev down0; ip addr add fd09::1/64 dev down0 nodad
                ip route add default via 10.9.0.2; ip route add default via fd09::2
                """);
        for (var address : ServedAddress.values()) {
            network.sh("ip addr add %s dev lo".formatted(address.text()));
        }
        network.owns(network.in(() -> NameServer.listen("real", ServedAddress.PORT)));
        cgroups = List.of(cgroup("tasks"), cgroup("services"));
    }

    /** Mount point of cgroup v2: everything, or next to the v1 hierarchies. */
    static Path cgroup2() {
        var hybrid = Path.of("/sys/fs/cgroup/unified");
        return Files.isDirectory(hybrid) ? hybrid : Path.of("/sys/fs/cgroup");
    }

    private static Path cgroup(String name) throws IOException {
        return Files.createDirectories(cgroup2()
                .resolve(
                        "mesos-iam-test-%d-%s".formatted(ProcessHandle.current().pid(), name)));
    }

    /** The cgroup in the role of Mesos's root, as the rules name it. */
    String taskCgroup() {
        return Path.of("/sys/fs/cgroup").relativize(cgroups.getFirst()).toString();
    }

    /** The cgroup in the role of the Mesos agent's unit, beside others of the host, as the rules name it. */
    String mesosAgentCgroup() throws IOException {
        return Path.of("/sys/fs/cgroup").relativize(mesosAgent()).toString();
    }

    private Path mesosAgent() throws IOException {
        return Files.createDirectories(cgroups.getLast().resolve("mesos-agent.service"));
    }

    private static void link(NetworkNamespace one, String name, NetworkNamespace other, String otherName) {
        one.sh("ip link add %s type veth peer name %s netns %s".formatted(name, otherName, threadId(other)));
    }

    /** {@code ip} requires a process id; a thread's id works too. */
    private static String threadId(NetworkNamespace namespace) {
        return Path.of(namespace.path()).getName(3).toString();
    }

    NameServer startAgent() {
        return host.owns(host.in(() -> {
            var agent = NameServer.listen("agent", PORT);
            SocketMark.set(PORT, RedirectRules.MARK);
            return agent;
        }));
    }

    /** A process on the host's network that has the agent's port. */
    NameServer startForeignListener(String address) {
        return host.owns(host.in(() -> NameServer.listen("foreign", address, PORT)));
    }

    /** Connects from that namespace and returns the name of the server that answers. */
    static String connect(NetworkNamespace from, String address, int port) {
        return connect(from, address, port, WAIT_MILLIS);
    }

    static String connect(NetworkNamespace from, String address, int port, int waitMillis) {
        return from.in(() -> {
            try (var socket = new Socket()) {
                socket.setSoTimeout(waitMillis);
                socket.connect(new InetSocketAddress(address, port), waitMillis);
                return line(socket);
            } catch (ConnectException e) {
                return "refused";
            } catch (SocketTimeoutException e) {
                return "silence";
            }
        });
    }

    static String line(Socket socket) throws IOException {
        var line = new StringBuilder();
        for (int c; (c = socket.getInputStream().read()) >= 0 && c != '\n'; ) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** Connects as a task on the host's network, a process in a cgroup below Mesos's root. */
    String connectAsTask(String address) throws IOException {
        return connectAsTask("container", address);
    }

    String connectAsTask(String task, String address) throws IOException {
        var leaf = Files.createDirectories(cgroups.getFirst().resolve(task).resolve("leaf"));
        return connectFrom(leaf, "", address);
    }

    /** Connects as a child of the Mesos agent, such as its URI fetcher. */
    String connectAsMesosAgent(String address) throws IOException {
        return connectFrom(mesosAgent(), "", address);
    }

    /** Connects as a process of the host. */
    String connectAsService(String address) {
        return connectFrom(cgroups.getLast(), "", address);
    }

    String connectAsUser(int uid, String address) {
        return connectFrom(cgroups.getLast(), "setpriv --reuid=%d --clear-groups".formatted(uid), address);
    }

    private String connectFrom(Path cgroup, String wrapper, String address) {
        return host.sh("""
                echo $$ > %s/cgroup.procs
                exec %s bash -c '
                  if exec 3<>/dev/tcp/%s/80; then read -t 2 -r line <&3; echo "$line"; else echo refused; fi 2>/dev/null'
                """.formatted(cgroup, wrapper, address))
                .lines()
                .reduce((a, b) -> b)
                .orElse("")
                .strip();
    }

    /** A task with an open connection, which it uses on demand. */
    Process taskWithConnection(String address) throws IOException {
        var leaf = Files.createDirectories(cgroups.getFirst().resolve("container/leaf"));
        return host.in(() -> new ProcessBuilder("bash", "-c", """
                echo $$ > %s/cgroup.procs
                exec 3<>/dev/tcp/%s/80 && read -r line <&3 && echo "$line"
                read -r
                { echo >&3; if read -t 2 -r line <&3; then echo "$line"; else echo cut; fi; } 2>/dev/null
                """.formatted(leaf, address)).start());
    }

    @Override
    public void close() throws IOException {
        container.close();
        host.close();
        network.close();
        for (var cgroup : cgroups) {
            try (var tree = Files.walk(cgroup)) {
                for (var directory : tree.filter(Files::isDirectory).toList().reversed()) {
                    Files.delete(directory);
                }
            }
        }
    }
}
