package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import io.mesosiam.agent.redirect.RedirectFixture.Backend;
import io.mesosiam.fakes.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {
    @TempDir
    Path root;

    @Test
    void changedRulesAreRestored() throws IOException {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab();
                var redirect = redirect(lab)) {
            lab.startAgent();
            check(lab, redirect);

            lab.host.sh("nft flush chain inet mesos_iam containers");
            assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("refused");
            check(lab, redirect);
            assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("agent");

            lab.host.sh("nft flush ruleset");
            check(lab, redirect);
            assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("agent");
        }
    }

    @ParameterizedTest
    @EnumSource
    void recreatedCgroupIsMatched(Backend backend) throws IOException {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab();
                var redirect = new Redirect(backend.table(), HostFacts.here(), settings(lab))) {
            lab.startAgent();
            check(lab, redirect);
            var tasks = Path.of("/sys/fs/cgroup", lab.taskCgroup());

            Files.delete(tasks);
            Files.createDirectory(tasks);
            check(lab, redirect);

            assertThat(lab.connectAsTask("169.254.169.254")).isEqualTo("agent");
        }
    }

    @Test
    void changedUplinkIsMatched() throws IOException {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab();
                var redirect = redirect(lab)) {
            lab.startAgent();
            check(lab, redirect);

            lab.host.sh("ip route del default; ip -6 route del default; ip route add default via 172.30.0.2");
            check(lab, redirect);

            assertThat(lab.host.sh("nft list chain inet mesos_iam to_port")).contains("iifname \"br0\" drop");
        }
    }

    /** As firewalls do that share iptables's tables with the agent, at any moment. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "iptables -t nat -F",
                "iptables -t nat -D OUTPUT -j MESOS_IAM_LOCAL",
                "iptables -t filter -F MESOS_IAM_PORT",
                "ip6tables -t raw -D OUTPUT -j MESOS_IAM_REPLY"
            })
    void rulesThatAreRemovedBeforeTheyAreListedAreRestored(String removal) throws IOException {
        KernelAssumptions.canMakeNamespaces();
        var table = new RemovedOnce(IptablesTable.installed().orElseThrow(), removal);
        try (var lab = new Lab();
                var redirect = new Redirect(table, HostFacts.here(), settings(lab))) {
            lab.startAgent();
            check(lab, redirect);
            assertThat(lab.host.in(table::listing)).isEmpty();

            check(lab, redirect);

            assertThat(lab.host.in(table::listing)).isPresent();
            assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("agent");
            assertThat(lab.connectAsTask("169.254.169.254")).isEqualTo("agent");
        }
    }

    /** A table from which another program removes something after the first installation, before the agent lists it. */
    private static final class RemovedOnce implements RuleTable {
        private final RuleTable table;
        private final String removal;
        private boolean removed;

        RemovedOnce(RuleTable table, String removal) {
            this.table = table;
            this.removal = removal;
        }

        @Override
        public String program() {
            return table.program();
        }

        @Override
        public void apply(RedirectRules rules) throws RulesException {
            table.apply(rules);
            if (!removed) {
                removed = true;
                try {
                    Shell.run(removal);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public Optional<String> listing() throws RulesException {
            return table.listing();
        }

        @Override
        public boolean guards(String listing) {
            return table.guards(listing);
        }

        @Override
        public void remove() throws RulesException {
            table.remove();
        }

        @Override
        public String print(RedirectRules rules) {
            return table.print(rules);
        }
    }

    @Test
    void unchangedTableIsNotReplaced() throws IOException {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab();
                var redirect = redirect(lab)) {
            check(lab, redirect);
            var before = lab.host.sh("nft -a list table inet mesos_iam | head -1");
            check(lab, redirect);

            assertThat(lab.host.sh("nft -a list table inet mesos_iam | head -1"))
                    .isEqualTo(before)
                    .contains("handle");
        }
    }

    @Test
    void onCgroup2TasksAreMatchedByMesossRootWhichIsCreatedIfMissing() throws IOException {
        var host = host(true);

        assertThat(host.boundary(settings(OptionalInt.empty(), 0))).isEqualTo(new TaskCgroups(List.of("mesos")));
        assertThat(root.resolve("cgroup/mesos")).isDirectory();
    }

    @Test
    void inAnotherCgroupNamespaceOnlyNamedUsersAreNotTasks() throws IOException {
        var host = host(true);
        Files.delete(root.resolve("proc/self/ns/cgroup"));
        Files.createSymbolicLink(root.resolve("proc/self/ns/cgroup"), Path.of("cgroup:[4026532000]"));

        assertThat(host.boundary(settings(OptionalInt.empty(), 990)))
                .isEqualTo(new HostUsers(new TreeSet<>(List.of(990))));
        assertThat(root.resolve("cgroup/mesos")).doesNotExist();
    }

    @Test
    void withoutTheCgroupOnlyNamedUsersAreNotTasks() throws IOException {
        var host = host(true);
        Files.createFile(root.resolve("cgroup/mesos"));

        assertThat(host.boundary(settings(OptionalInt.empty(), 990)))
                .isEqualTo(new HostUsers(new TreeSet<>(List.of(990))));
    }

    @Test
    void onCgroup1TasksAreMatchedByTheirClass() throws IOException {
        var host = host(false);

        assertThat(host.boundary(settings(OptionalInt.of(0x12), 0))).isEqualTo(new TaskClasses(0x12));
        assertThat(host.boundary(settings(OptionalInt.empty(), 990)))
                .isEqualTo(new HostUsers(new TreeSet<>(List.of(990))));
    }

    /** Docker's containers on the host's network have no class, wherever the daemon puts them. */
    @Test
    void onCgroup1WithDockersTasksOnlyNamedUsersAreNotTasks() throws IOException {
        var settings = new RedirectSettings(
                Lab.PORT,
                List.of("mesos", "docker.slice"),
                OptionalInt.of(0x12),
                true,
                new TreeSet<>(List.of(990)),
                256,
                false,
                Duration.ofSeconds(5));

        assertThat(host(false).boundary(settings)).isEqualTo(new HostUsers(new TreeSet<>(List.of(990))));
    }

    private HostFacts host(boolean cgroup2) throws IOException {
        Files.createDirectories(root.resolve("proc/self/ns"));
        Files.createSymbolicLink(root.resolve("proc/self/ns/cgroup"), Path.of("cgroup:[4026531835]"));
        Files.createDirectories(root.resolve("cgroup"));
        if (cgroup2) {
            Files.createFile(root.resolve("cgroup/cgroup.controllers"));
        }
        return new HostFacts(root.resolve("proc"), root.resolve("cgroup"));
    }

    private static RedirectSettings settings(OptionalInt netCls, int uid) {
        return new RedirectSettings(
                Lab.PORT,
                List.of("mesos"),
                netCls,
                false,
                new TreeSet<>(List.of(uid)),
                256,
                false,
                Duration.ofSeconds(5));
    }

    private static Redirect redirect(Lab lab) {
        return new Redirect(new NftTable(Tool.installed("nft").orElseThrow()), HostFacts.here(), settings(lab));
    }

    private static RedirectSettings settings(Lab lab) {
        return new RedirectSettings(
                Lab.PORT,
                List.of(lab.taskCgroup()),
                OptionalInt.empty(),
                false,
                new TreeSet<>(),
                256,
                false,
                Duration.ofSeconds(5));
    }

    private static void check(Lab lab, Redirect redirect) {
        lab.host.in(() -> {
            redirect.check();
            return true;
        });
    }
}
