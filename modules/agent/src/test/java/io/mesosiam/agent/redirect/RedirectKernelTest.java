package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.fakes.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of caller reaches the right server, on this machine's kernel, in the test's network namespaces. */
class RedirectKernelTest extends RedirectFixture {
    @ParameterizedTest
    @EnumSource
    void containerReachesTheAgentAtEveryAddress(Backend backend) {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(ServedAddress.values())
                .allSatisfy(address -> assertThat(Lab.connect(lab.container, address.text(), 80))
                        .isEqualTo("agent"));
    }

    @ParameterizedTest
    @EnumSource
    void taskOnTheHostsNetworkReachesTheAgentAndTheHostTheRealService(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(lab.connectAsTask("169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsTask("fd00:ec2::254")).isEqualTo("agent");
        assertThat(lab.connectAsTask("169.254.170.2")).isEqualTo("agent");
        assertThat(lab.connectAsService("169.254.169.254")).isEqualTo("real");
        assertThat(lab.connectAsService("fd00:ec2::254")).isEqualTo("real");
        assertThat(lab.connectAsService("169.254.170.23")).isEqualTo("agent");
    }

    /** So Mesos's URI fetcher, to which a task can give any URI, is kept from the host's role. */
    @ParameterizedTest
    @EnumSource
    void processInTheMesosAgentsOwnCgroupReachesTheAgentIfItIsNamed(Backend backend) throws IOException {
        lab.startAgent();
        apply(backend, tasksByCgroup());
        assertThat(lab.connectAsMesosAgent("169.254.169.254")).isEqualTo("real");

        apply(backend, new TaskCgroups(List.of(lab.taskCgroup(), lab.mesosAgentCgroup())));

        assertThat(lab.connectAsMesosAgent("169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsMesosAgent("fd00:ec2::254")).isEqualTo("agent");
        assertThat(lab.connectAsTask("169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsService("169.254.169.254")).isEqualTo("real");
    }

    @ParameterizedTest
    @EnumSource
    void withoutCgroupsOnlyTheNamedUsersReachTheRealService(Backend backend) {
        lab.startAgent();
        apply(backend, new HostUsers(new TreeSet<>(List.of(990, 991))));

        assertThat(lab.connectAsUser(990, "169.254.169.254")).isEqualTo("real");
        assertThat(lab.connectAsUser(991, "fd00:ec2::254")).isEqualTo("real");
        assertThat(lab.connectAsUser(992, "169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsUser(0, "169.254.169.254")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void withoutNamedUsersEveryHostProcessIsATask(Backend backend) {
        lab.startAgent();
        apply(backend, new HostUsers(new TreeSet<>()));

        assertThat(lab.connectAsUser(0, "169.254.169.254")).isEqualTo("agent");
        assertThat(lab.connectAsService("fd00:ec2::254")).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void agentsPortIsClosedToTheNetworkAndToDirectConnections(Backend backend) {
        lab.startAgent();
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.network, "10.9.0.2", Lab.PORT)).isEqualTo("silence");
        assertThat(Lab.connect(lab.container, "172.30.0.1", Lab.PORT)).isEqualTo("silence");
        assertThat(Lab.connect(lab.host, "127.0.0.1", Lab.PORT)).isEqualTo("agent");
    }

    @ParameterizedTest
    @EnumSource
    void neighbourThatRoutesAServedAddressThroughThisHostIsNotServed(Backend backend) {
        lab.startAgent();
        lab.network.sh("ip addr del 169.254.170.2 dev lo; ip route add 169.254.170.2 via 10.9.0.2");
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.network, "169.254.170.2", 80)).isEqualTo("silence");
    }

    @ParameterizedTest
    @EnumSource
    void otherTrafficIsNotAffected(Backend backend) throws IOException {
        lab.host.owns(lab.host.in(() -> NameServer.listen("other", Lab.PORT + 1)));
        lab.network.owns(lab.network.in(() -> NameServer.listen("web", 8080)));
        apply(backend, tasksByCgroup());

        assertThat(Lab.connect(lab.network, "10.9.0.2", Lab.PORT + 1)).isEqualTo("other");
        assertThat(Lab.connect(lab.container, "fd30::1", Lab.PORT + 1)).isEqualTo("other");
        assertThat(Lab.connect(lab.container, "10.9.0.1", 8080)).isEqualTo("web");
        assertThat(Lab.connect(lab.container, "10.9.0.1", 80)).isEqualTo("real");
        assertThat(List.of("10.9.0.2", "fd09::2")).allSatisfy(address -> assertThat(lab.network.<Boolean>in(
                        () -> InetAddress.ofLiteral(address).isReachable(TimeLimit.millis(2000))))
                .isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void connectionsOlderThanTheRulesAreReset(Backend backend) throws IOException {
        lab.startAgent();
        try (var container = connected(lab.container, "169.254.169.254")) {
            var task = lab.taskWithConnection("169.254.169.254");
            var output = task.inputReader();
            assertThat(output.readLine()).isEqualTo("real");
            try (var service = connected(lab.host, "169.254.169.254")) {
                apply(backend, tasksByCgroup());

                assertThatThrownBy(() -> again(container)).isInstanceOf(IOException.class);
                task.outputWriter().append("go on\n").flush();
                assertThat(output.readLine()).isEqualTo("cut");
                assertThat(again(service)).as("the host's own").isEqualTo("real");
            } finally {
                task.destroyForcibly().onExit().join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void applyingTwiceChangesNothingAndRemovalIsComplete(Backend backend) throws RulesException {
        var table = backend.table();
        lab.startAgent();
        var untouched = ruleset();
        apply(backend, tasksByCgroup());
        var once = lab.host.in(table::listing);
        apply(backend, tasksByCgroup());

        assertThat(lab.host.in(table::listing)).isEqualTo(once).isPresent();

        lab.host.in(() -> {
            table.remove();
            table.remove();
            return true;
        });
        assertThat(lab.host.in(table::listing)).isEmpty();
        assertThat(ruleset()).doesNotContainIgnoringCase("mesos_iam").contains(untouched);
        assertThat(Lab.connect(lab.container, "169.254.169.254", 80)).isEqualTo("real");
    }

    @ParameterizedTest
    @EnumSource
    void rulesOfOthersStay(Backend backend) throws RulesException {
        lab.host.sh("iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 80 -j REDIRECT --to-ports 1");
        apply(backend, tasksByCgroup());
        lab.host.in(() -> {
            backend.table().remove();
            return true;
        });

        assertThat(lab.host.sh("iptables -t nat -S")).contains("192.0.2.1");
    }

    private String ruleset() {
        return lab.host
                .sh("nft list ruleset | grep mesos_iam || true; iptables-save | grep MESOS_IAM || true")
                .strip();
    }
}
