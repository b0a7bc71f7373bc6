package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.HostBoundary.TaskCgroups;
import io.mesosiam.agent.redirect.HostBoundary.TaskClasses;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/mesos",
                "mesos/",
                "me sos",
                "mesos\" accept",
                "mesos\nflush ruleset",
                "mesos/../system.slice",
                "mésos"
            })
    void cgroupPathThatWouldExtendARuleIsRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> new TaskCgroups(List.of(path)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eth0 accept", "e\"", "a-name-of-16-char"})
    void interfaceNameThatWouldExtendARuleIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new RedirectRules(8643, new HostUsers(new TreeSet<>()), new TreeSet<>(List.of(name)), 0, true));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65536, 80})
    void invalidPortIsRefused(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedirectRules(port, new HostUsers(new TreeSet<>()), new TreeSet<>(), 0, true));
    }

    @Test
    void emptyListOfCgroupsIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TaskCgroups(List.of()));
    }

    @Test
    void classZeroIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TaskClasses(0));
    }

    @Test
    void uplinksAreTheInterfacesOfDefaultRoutes() {
        var route = """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                ens5\t00000000\t0100090A\t0003\t0\t0\t100\t00000000\t0\t0\t0
                docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
                tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0
                """;
        var ipv6Route = """
                00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     ens6
                fd300000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001      br0
                00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
                """;

        assertThat(Uplinks.parse(route.lines().toList(), ipv6Route.lines().toList()))
                .containsExactly("ens5", "ens6");
    }

    @ParameterizedTest
    @CsvSource({
        "169.254.170.2,80,true", "169.254.170.23,80,true", "169.254.169.254,80,true", "fd00:ec2::23,80,true",
        "fd00:ec2::254,80,true", "169.254.169.254,443,false", "169.254.169.253,80,false", "127.0.0.1,80,false"
    })
    void onlyServedAddressesAreServed(String address, int port, boolean served) {
        assertThat(ServedAddress.serves(new InetSocketAddress(address, port))).isEqualTo(served);
    }
}
