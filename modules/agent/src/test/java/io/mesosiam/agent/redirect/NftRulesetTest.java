package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class NftRulesetTest {
    @Test
    void oneTransactionReplacesTheWholeTable() {
        var rules = rules(new TaskCgroups(List.of("mesos")), true);

        assertThat(NftRuleset.of(rules)).isEqualTo("""
                add table inet mesos_iam
                delete table inet mesos_iam
                table inet mesos_iam {
                    set tasks {
                        type cgroupsv2
                        size 65535
                        flags dynamic
                    }
                    set containers4 {
                        type ipv4_addr
                        size 65535
                        flags dynamic
                    }
                    set containers6 {
                        type ipv6_addr
                        size 65535
                        flags dynamic
                    }
                    chain containers {
                        type nat hook prerouting priority -110; policy accept;
                        ip daddr { 169.254.170.2, 169.254.170.23, 169.254.169.254 } tcp dport 80 redirect to :8643
                        ip6 daddr { fd00:ec2::23, fd00:ec2::254 } tcp dport 80 redirect to :8643
                    }
                    chain local {
                        type nat hook output priority -110; policy accept;
                        ip daddr { 169.254.170.2, 169.254.170.23 } tcp dport 80 redirect to :8643
                        ip6 daddr { fd00:ec2::23 } tcp dport 80 redirect to :8643
                        ip daddr { 169.254.169.254 } tcp dport 80 socket cgroupv2 level 1 "mesos" redirect to :8643
                        ip6 daddr { fd00:ec2::254 } tcp dport 80 socket cgroupv2 level 1 "mesos" redirect to :8643
                    }
                    chain containers_escaped {
                        type filter hook forward priority -10; policy accept;
                        ip daddr { 169.254.170.2, 169.254.170.23, 169.254.169.254 } tcp dport 80 reject with tcp reset
                        ip6 daddr { fd00:ec2::23, fd00:ec2::254 } tcp dport 80 reject with tcp reset
                    }
                    chain local_escaped {
                        type filter hook output priority -10; policy accept;
                        ip daddr { 169.254.170.2, 169.254.170.23 } tcp dport 80 reject with tcp reset
                        ip6 daddr { fd00:ec2::23 } tcp dport 80 reject with tcp reset
                        ip daddr { 169.254.169.254 } tcp dport 80 socket cgroupv2 level 1 "mesos" reject with tcp reset
                        ip6 daddr { fd00:ec2::254 } tcp dport 80 socket cgroupv2 level 1 "mesos" reject with tcp reset
                        fib daddr type local tcp dport 8643 socket cgroupv2 level 1 "mesos" ct state new add @tasks { socket cgroupv2 level 2 ct count over 256 } reject with tcp reset
                    }
                    chain to_port {
                        iif lo return
                        ct direction reply return
                        iifname { "eth0" } drop
                        ct state new add @containers4 { ip saddr ct count over 256 } drop
                        ct state new add @containers6 { ip6 saddr ct count over 256 } drop
                        tcp dport 8643 ct original ip daddr { 169.254.170.2, 169.254.170.23, 169.254.169.254 } ct original proto-dst 80 return
                        tcp dport 8643 ct original ip6 daddr { fd00:ec2::23, fd00:ec2::254 } ct original proto-dst 80 return
                        drop
                    }
                    chain port {
                        type filter hook input priority -10; policy accept;
                        tcp dport 8643 jump to_port
                    }
                    chain guard {
                        type filter hook input priority 200; policy accept;
                        tcp dport 8643 ct direction original socket mark != 0x00001010 tcp dport set 0
                    }
                    chain guard_replies {
                        type filter hook output priority -310; policy accept;
                        tcp sport 0 tcp flags & rst == rst tcp sport set 8643
                        tcp sport 8643 tcp flags & (syn | ack) == (syn | ack) meta mark != 0x00001010 drop
                    }
                }
                """);
    }

    @Test
    void withoutIpv6NoRuleContainsIt() {
        assertThat(NftRuleset.of(rules(new TaskCgroups(List.of("mesos")), false)))
                .doesNotContain("ip6");
    }

    @Test
    void tasksAreMatchedByCgroupAtItsLevel() {
        assertThat(NftRuleset.of(rules(new TaskCgroups(List.of("docker.slice/batch", "mesos")), true)))
                .contains("socket cgroupv2 level 2 \"docker.slice/batch\" redirect")
                .contains("socket cgroupv2 level 1 \"mesos\" redirect");
    }

    @Test
    void mountPointOfAHybridHostIsNoLevel() {
        assertThat(NftRuleset.of(rules(new TaskCgroups(List.of("unified/system.slice/mesos-agent.service")), true)))
                .contains("socket cgroupv2 level 2 \"unified/system.slice/mesos-agent.service\"");
    }

    @Test
    void tasksAreMatchedByTheUpperHalfOfTheirClass() {
        assertThat(NftRuleset.of(rules(new TaskClasses(0x12), true)))
                .contains("meta cgroup and 0xffff0000 == 0x00120000 redirect to :8643");
    }

    @Test
    void processesOfOtherThanTheNamedUsersAreTasks() {
        assertThat(NftRuleset.of(rules(new HostUsers(new TreeSet<>(List.of(990, 0))), true)))
                .contains("ip daddr { 169.254.169.254 } tcp dport 80 meta skuid != { 0, 990 } redirect to :8643");
        assertThat(NftRuleset.of(rules(new HostUsers(new TreeSet<>()), true)))
                .contains("ip daddr { 169.254.169.254 } tcp dport 80 redirect to :8643");
    }

    @Test
    void usersAreNotLimited() {
        assertThat(NftRuleset.of(rules(new HostUsers(new TreeSet<>()), true)))
                .doesNotContain("set tasks", "@tasks", "skuid");
        assertThat(NftRuleset.of(rules(new TaskClasses(0x12), true))).doesNotContain("set tasks", "@tasks");
    }

    private static RedirectRules rules(HostBoundary boundary, boolean ipv6) {
        return new RedirectRules(8643, boundary, new TreeSet<>(List.of("eth0")), 256, ipv6);
    }
}
