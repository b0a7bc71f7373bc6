package io.mesosiam.trial;

import io.mesosiam.sandbox.cluster.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Hosts that reboot, or have no disk space or no descriptors left. */
final class HostFaults {
    private static final Duration DOWN = Duration.ofSeconds(20);

    static final List<Trial> TRIALS = List.of(
            new Trial(
                    "host-reboot",
                    "two hosts reboot: down for 20 s, their tasks have failed",
                    Requirement.ROOT,
                    HostFaults::reboot),
            diskFull(),
            new Trial(
                    "host-descriptors",
                    "two hosts: their agents can open no descriptor for 30 s",
                    Requirement.ROOT,
                    HostFaults::noDescriptors));

    private HostFaults() {}

    private static void reboot(TrialSite site) throws Exception {
        Map<AgentHost, List<TrialTask>> tasks = new HashMap<>();
        for (AgentHost host : site.agentHosts()) {
            site.load().pause(host);
            host.killAgent();
            List<TrialTask> ended = site.load().on(host).toList();
            for (TrialTask task : ended) {
                site.load().vanish(task);
            }
            tasks.put(host, ended);
        }
        Thread.sleep(DOWN.dividedBy(2));
        for (AgentHost host : site.agentHosts()) {
            site.master().cluster().unreachable(host.mesosAgentId());
        }
        Thread.sleep(DOWN.dividedBy(2));
        for (AgentHost host : site.agentHosts()) {
            host.startAgent();
            site.master().cluster().reregister(host.mesosAgentId());
            for (TrialTask task : tasks.get(host)) {
                site.master().cluster().updateStatus(task.key(), TaskState.FAILED, "the host has rebooted");
                var unused = site.load().startOn(host);
            }
            site.load().resume(host);
        }
    }

    private static Trial diskFull() {
        AtomicReference<Tmpfs> disk = new AtomicReference<>();
        return new Trial(
                "host-disk-full",
                "two hosts: the disk of the agents' logs is full for 30 s, in which the agents restart",
                Requirement.ROOT,
                setup -> {
                    Tmpfs made = setup.remove(new Tmpfs("1m"));
                    disk.set(made);
                    return setup.agentLogs(made.mount());
                },
                site -> {
                    disk.get().fill();
                    Thread.sleep(Duration.ofSeconds(15));
                    for (AgentHost host : site.agentHosts()) {
                        host.stopAgent();
                        host.startAgent();
                    }
                    Thread.sleep(Duration.ofSeconds(15));
                    disk.get().empty();
                });
    }

    private static void noDescriptors(TrialSite site) throws Exception {
        List<String> before = new ArrayList<>();
        for (AgentHost host : site.agentHosts()) {
            before.add(Commands.run("prlimit", "--nofile", "--noheadings", "--output=SOFT", "--pid=" + host.agent())
                    .strip());
            limit(host, String.valueOf(openDescriptors(host.agent())));
        }
        Thread.sleep(Duration.ofSeconds(30));
        for (AgentHost host : site.agentHosts()) {
            limit(host, before.removeFirst());
        }
    }

    private static void limit(AgentHost host, String number) throws Exception {
        Commands.run("prlimit", "--nofile=" + number + ":", "--pid=" + host.agent());
    }

    private static long openDescriptors(long pid) throws Exception {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }
}
