package io.mesosiam.agent.config;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.config.AgentConfig.MesosAgent;
import io.mesosiam.agent.docker.DockerDaemon;
import io.mesosiam.agent.doctor.Check;
import io.mesosiam.agent.doctor.Finding;
import io.mesosiam.agent.mesos.MesosAgentApi;
import io.mesosiam.agent.mesos.MesosContainer;
import io.mesosiam.agent.mesos.RuntimeDirectory;
import io.mesosiam.reach.FileProblem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settings that this host does not confirm at the moment. The agent starts nevertheless, since Mesos and Docker may
 * start after it. If a value is wrong, callers get no credentials. The log has a line for each when the agent starts,
 * and {@code doctor} has a finding for each.
 *
 * @param cgroups where the agent finds containers
 */
public record UnconfirmedSettings(AgentConfig config, CgroupConfig cgroups) implements Check {
    /** One unconfirmed setting: its variable, its value, the observation, and the cure. */
    record Doubt(String variable, String value, String problem, String cure) {
        /** The same form as that of the problems that prevent the start. */
        String line() {
            return StartCheck.line(variable, value, problem, cure);
        }
    }

    List<Doubt> doubts() {
        List<Doubt> doubts = new ArrayList<>();
        cgroupsRoot().ifPresent(doubts::add);
        listensForTheNetwork().ifPresent(doubts::add);
        netClasses().ifPresent(doubts::add);
        workDirectory().ifPresent(doubts::add);
        dockerSocket().ifPresent(doubts::add);
        config.mesos().directory().ifPresent(directory -> runtimeDirectory(directory, doubts));
        config.mesos().agent().ifPresent(agent -> mesosAgentFiles(agent, doubts));
        return doubts;
    }

    @Override
    public List<Finding> findings() {
        List<Finding> findings = doubts().stream()
                .map(doubt -> Finding.warning(
                        "settings",
                        AgentConfig.PREFIX + doubt.variable() + "=" + doubt.value() + ": " + doubt.problem(),
                        doubt.cure()))
                .toList();
        return findings.isEmpty()
                ? List.of(Finding.ok("settings", "paths that the settings name are on this host"))
                : findings;
    }

    private Optional<Doubt> cgroupsRoot() {
        if (config.mesos().ancestry() || config.dockerSocket().isPresent()) {
            return Optional.empty();
        }
        Path root = cgroups.mesosGroup();
        boolean exists = Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS);
        if (exists && hasDirectory(root)) {
            return Optional.empty();
        }
        return Optional.of(new Doubt(
                "CGROUPS_ROOT",
                config.cgroupsRoot(),
                exists
                        ? root + " holds no container's cgroup, callers are answered 503"
                        : "there is no " + root + ", callers are answered 503",
                "Mesos makes it when it starts a container after a boot; if containers run already, set the Mesos agent's"
                        + " --cgroups_root, which is below " + cgroups.hierarchy()));
    }

    private static boolean hasDirectory(Path directory) {
        try (var entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            return entries.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** An endpoint on all addresses without the redirect, whose rules would close the port to the network. */
    private Optional<Doubt> listensForTheNetwork() {
        InetSocketAddress listen = config.endpoint().listen();
        return config.redirect().isEmpty() && listen.getAddress().isAnyLocalAddress()
                ? Optional.of(new Doubt(
                        "LISTEN",
                        listen.getAddress().getHostAddress() + ":" + listen.getPort(),
                        "is every address of this host while " + AgentConfig.PREFIX
                                + "REDIRECT is off: other hosts can connect to the endpoint",
                        "Name 127.0.0.1 or a bridge's address, or switch " + AgentConfig.PREFIX + "REDIRECT on"))
                : Optional.empty();
    }

    private Optional<Doubt> netClasses() {
        return config.redirect()
                .filter(redirect -> redirect.netClsHandle().isPresent()
                        && (redirect.docker() || cgroups.netCls().isEmpty()))
                .map(
                        redirect -> new Doubt(
                                "REDIRECT_NET_CLS_HANDLE",
                                "0x%04x".formatted(redirect.netClsHandle().getAsInt()),
                                redirect.docker()
                                        ? "is not used with " + AgentConfig.PREFIX
                                                + "DOCKER_SOCKET, since Docker's containers have no class"
                                        : "this host has no net_cls hierarchy, so no socket has a class",
                                redirect.docker()
                                        ? "Leave it out; on cgroup v1 name the users of the host's services in "
                                                + AgentConfig.PREFIX + "REDIRECT_HOST_UIDS"
                                        : "Mount cgroups v1's net_cls and give the Mesos agent the isolation cgroups/net_cls, or leave the variable out"));
    }

    private Optional<Doubt> workDirectory() {
        if (!(config.mesosAgent() instanceof MesosAgent.InWorkDir(Path workDir))) {
            return Optional.empty();
        }
        Path latest = HostIdentity.latest(workDir);
        if (Files.isSymbolicLink(latest)) {
            return Optional.empty();
        }
        return Optional.of(new Doubt(
                "MESOS_WORK_DIR",
                workDir.toString(),
                (Files.isDirectory(workDir) ? "there is no link " + latest : "there is no such directory")
                        + ", the agent connects to no controller without it",
                "The Mesos agent makes it when it first registers; if it has, set the Mesos agent's --work_dir"));
    }

    private Optional<Doubt> dockerSocket() {
        return config.dockerSocket().flatMap(socket -> new DockerDaemon(socket, DockerDaemon.USUAL_LIMIT)
                .problem()
                .map(problem -> new Doubt(
                        "DOCKER_SOCKET",
                        socket.toString(),
                        problem + ", Docker's containers are answered 503",
                        "Set the path where dockerd listens, with its directories root's alone, or none")));
    }

    /**
     * Looks for a running Mesos container that is not below the cgroups root. If there is one, Mesos uses another root.
     */
    private void runtimeDirectory(RuntimeDirectory directory, List<Doubt> doubts) {
        Optional<String> problem = directory.problem();
        if (problem.isPresent()) {
            doubts.add(
                    new Doubt(
                            "MESOS_RUNTIME_DIR",
                            directory.path().toString(),
                            problem.get() + ", it is not used",
                            "Set the Mesos agent's --runtime_dir, and let root alone write to it and to the directories above it"));
            return;
        }
        if (config.mesos().ancestry()) {
            return;
        }
        try {
            directory.containers().stream()
                    .flatMap(container -> elsewhere(container).stream())
                    .findFirst()
                    .ifPresent(doubts::add);
        } catch (IOException e) {
            doubts.add(new Doubt(
                    "MESOS_RUNTIME_DIR",
                    directory.path().toString(),
                    "it can't be read: " + FileProblem.reason(directory.path(), e),
                    "Set the Mesos agent's --runtime_dir"));
        }
    }

    private Optional<Doubt> elsewhere(MesosContainer container) {
        if (container.pid().isEmpty()) {
            return Optional.empty();
        }
        String pid = Long.toString(container.pid().getAsLong());
        return cgroups.cgroupOf(container.pid().getAsLong())
                .filter(group -> !group.startsWith("/" + config.cgroupsRoot() + "/"))
                // after a container's end another process may have its pid; a cgroup that Mesos made ends with the
                // container's id
                .filter(group -> group.contains("/" + lastOf(container.id())))
                .map(group -> new Doubt(
                        "CGROUPS_ROOT",
                        config.cgroupsRoot(),
                        "process " + pid + " of container " + container.id() + " is in the cgroup " + group
                                + ", which is not below it",
                        "Set the Mesos agent's --cgroups_root"));
    }

    private static String lastOf(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    private static void mesosAgentFiles(MesosAgentApi agent, List<Doubt> doubts) {
        agent.settings()
                .ca()
                .flatMap(file -> unreadable("MESOS_CA", file, "Name the PEM file of the CA"))
                .ifPresent(doubts::add);
        agent.settings()
                .credential()
                .flatMap(file -> unreadable("MESOS_CREDENTIAL", file, "Name the file with principal and secret"))
                .ifPresent(doubts::add);
    }

    private static Optional<Doubt> unreadable(String variable, Path file, String cure) {
        return Files.isRegularFile(file) && Files.isReadable(file)
                ? Optional.empty()
                : Optional.of(new Doubt(
                        variable,
                        file.toString(),
                        Files.exists(file)
                                ? "the agent can't read it, the Mesos agent is not queried"
                                : "there is no such file, the Mesos agent is not queried",
                        cure + ", and let the agent's user read it"));
    }
}
