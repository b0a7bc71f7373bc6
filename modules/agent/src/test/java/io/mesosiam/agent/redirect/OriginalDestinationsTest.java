package io.mesosiam.agent.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.redirect.ConntrackMessage.Answer;
import io.mesosiam.agent.redirect.HostBoundary.HostUsers;
import io.mesosiam.agent.redirect.OriginalDestinations.Original;
import io.mesosiam.agent.redirect.OriginalDestinations.Untracked;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginalDestinationsTest {
    @ParameterizedTest
    @EnumSource
    void containersConnectionHasItsOriginalDestination(ServedAddress address) throws Exception {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab()) {
            var agent = lab.startAgent();
            apply(lab);
            try (var destinations = lab.host.in(OriginalDestinations::open)) {
                assertThat(Lab.connect(lab.container, address.text(), 80)).isEqualTo("agent");

                var connection = agent.next();
                assertThat(destinations.of(
                                connection.remote(), connection.local(), OriginalDestinations.LONGEST_LOOK_UP))
                        .isEqualTo(new Original(connection.remote(), new InetSocketAddress(address.text(), 80)));
                assertThat(destinations.of(
                                new InetSocketAddress(connection.remote().getAddress(), 1),
                                connection.local(),
                                OriginalDestinations.LONGEST_LOOK_UP))
                        .as("a connection that does not exist")
                        .isEqualTo(new Untracked());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void agentsOwnAddressIsServedOnLoopback(String loopback) throws Exception {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab()) {
            var agent = lab.startAgent();
            apply(lab);
            try (var destinations = lab.host.in(OriginalDestinations::open)) {
                assertThat(Lab.connect(lab.host, loopback, Lab.PORT)).isEqualTo("agent");

                var connection = agent.next();
                assertThat(destinations.of(
                                connection.remote(), connection.local(), OriginalDestinations.LONGEST_LOOK_UP))
                        .isEqualTo(new Original(connection.remote(), new InetSocketAddress(loopback, Lab.PORT)));
            }
        }
    }

    /** Rules that translate packets that leave this host often also translate packets that stay on it. */
    @Test
    void originalSourceOfATranslatedConnectionIsFound() throws Exception {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab()) {
            var agent = lab.startAgent();
            apply(lab);
            lab.host.sh("""
                    ip addr add 10.9.0.3/24 dev up0
                    nft -f - <<'END'
                    table ip other {
                      chain out { type nat hook postrouting priority 100; ip saddr 10.9.0.2 snat to 10.9.0.3; }
                      chain in { type nat hook input priority 100; ip saddr 172.30.0.2 snat to 172.30.0.77; }
                    }
                    END
                    """);
            try (var destinations = lab.host.in(OriginalDestinations::open)) {
                assertThat(Lab.connect(lab.host, "169.254.170.2", 80)).isEqualTo("agent");
                assertTranslated(destinations, agent.next(), "10.9.0.3", "10.9.0.2");
                assertThat(Lab.connect(lab.container, "169.254.170.2", 80)).isEqualTo("agent");
                assertTranslated(destinations, agent.next(), "172.30.0.77", "172.30.0.2");
            }
        }
    }

    private static void assertTranslated(
            OriginalDestinations destinations, NameServer.Connection caller, String accepted, String original) {
        assertThat(caller.remote().getAddress().getHostAddress()).isEqualTo(accepted);
        assertThat(destinations.of(caller.remote(), caller.local(), OriginalDestinations.LONGEST_LOOK_UP))
                .isInstanceOfSatisfying(Original.class, connection -> {
                    assertThat(connection.source().getAddress().getHostAddress())
                            .isEqualTo(original);
                    assertThat(connection.destination()).isEqualTo(new InetSocketAddress("169.254.170.2", 80));
                });
    }

    @Test
    void otherRedirectedDestinationsAreNotServed() throws Exception {
        KernelAssumptions.canMakeNamespaces();
        try (var lab = new Lab()) {
            var agent = lab.startAgent();
            lab.host.sh("""
                    nft -f - <<'END'
                    table ip other {
                      chain out {
                        type nat hook output priority -100
                        ip daddr 192.0.2.1 tcp dport 80 redirect to :%d
                      }
                    }
                    END
                    """.formatted(Lab.PORT));
            apply(lab);
            try (var destinations = lab.host.in(OriginalDestinations::open)) {
                assertThat(Lab.connect(lab.host, "192.0.2.1", 80)).isEqualTo("agent");
                var led = agent.next();
                assertThat(Lab.connect(lab.host, "10.9.0.2", Lab.PORT)).isEqualTo("agent");
                var direct = agent.next();

                assertThat(destinations.of(led.remote(), led.local(), OriginalDestinations.LONGEST_LOOK_UP))
                        .isEqualTo(new Original(led.remote(), new InetSocketAddress("192.0.2.1", 80)));
                assertThat(OriginalDestinations.serves(new InetSocketAddress("192.0.2.1", 80), led.local()))
                        .isFalse();
                assertThat(destinations.of(direct.remote(), direct.local(), OriginalDestinations.LONGEST_LOOK_UP))
                        .isEqualTo(new Original(direct.remote(), direct.local()));
                assertThat(OriginalDestinations.serves(direct.local(), direct.local()))
                        .isFalse();
            }
        }
    }

    @Test
    void originalDirectionIsReadFromTheAnswer() {
        // a tuple of the original direction: 172.30.0.2:40000 → 169.254.170.2:80, TCP
        var message = answer(
                7,
                0x0100,
                "34000180"
                        + "14000180" + "08000100" + "ac1e0002" + "08000200" + "a9feaa02"
                        + "1c000280" + "05000100" + "06000000" + "06000200" + "9c400000" + "06000300" + "00500000");

        assertThat(ConntrackMessage.readAnswer(message, 7))
                .contains(new Answer.Tracked(
                        new InetSocketAddress("172.30.0.2", 40000), new InetSocketAddress("169.254.170.2", 80)));
        assertThat(ConntrackMessage.readAnswer(message.rewind(), 8))
                .as("of another request")
                .isEmpty();
    }

    @Test
    void untrackedConnectionDiffersFromARefusal() {
        assertThat(ConntrackMessage.readAnswer(answer(1, 2, "feffffff"), 1)).contains(new Answer.Untracked());
        assertThat(ConntrackMessage.readAnswer(answer(1, 2, "ffffffff"), 1)).contains(new Answer.Refused(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "34",
                "34000180",
                "ffff0180",
                "00000180",
                "34000180ffff0180",
                "080001800400",
                "0c0001800800018000000000",
                "1000018008000180040002000400030000"
            })
    void malformedAnswerIsIgnored(String attributes) {
        assertThat(ConntrackMessage.readAnswer(answer(1, 0x0100, attributes), 1))
                .isEmpty();
    }

    private static ByteBuffer answer(int sequence, int type, String body) {
        var bytes = HexFormat.of().parseHex(body);
        boolean error = type == 2;
        int length = 16 + (error ? 0 : 4) + bytes.length;
        var message = ByteBuffer.allocate(Math.max(length, 20)).order(ByteOrder.nativeOrder());
        message.putInt(length)
                .putShort((short) type)
                .putShort((short) 0)
                .putInt(sequence)
                .putInt(0);
        return message.put(error ? new byte[0] : new byte[4]).put(bytes).rewind();
    }

    private static void apply(Lab lab) {
        lab.host.in(() -> {
            new NftTable(Tool.installed("nft").orElseThrow())
                    .apply(new RedirectRules(Lab.PORT, new HostUsers(new TreeSet<>()), new TreeSet<>(), 0, true));
            return true;
        });
    }
}
