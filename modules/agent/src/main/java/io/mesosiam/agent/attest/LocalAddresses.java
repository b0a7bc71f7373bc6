package io.mesosiam.agent.attest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/** Reads a network namespace's own addresses out of two kernel tables. */
final class LocalAddresses {
    private LocalAddresses() {}

    /**
     * The IPv4 addresses in {@code /proc/PID/net/fib_trie}: every leaf {@code |-- a.b.c.d} with a line {@code /32 host LOCAL} below
     * it. Loopback is left out: every namespace has it, so it tells none apart.
     */
    static Set<InetAddress> ofFibTrie(String fibTrie) {
        Set<InetAddress> addresses = new HashSet<>();
        String leaf = "";
        for (String line : fibTrie.lines().map(String::strip).toList()) {
            if (line.startsWith("|-- ")) {
                leaf = line.substring("|-- ".length());
            } else if (line.startsWith("/32 host LOCAL")) {
                parse(leaf).filter(LocalAddresses::tellsNamespacesApart).ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    /** The IPv6 addresses in {@code /proc/PID/net/if_inet6}: 32 hexadecimal digits first; without loopback and link-local ones. */
    static Set<InetAddress> ofIfInet6(String ifInet6) {
        Set<InetAddress> addresses = new HashSet<>();
        for (String line : ifInet6.lines().toList()) {
            if (line.length() > 32 && line.charAt(32) == ' ') {
                parseHex(line.substring(0, 32))
                        .filter(LocalAddresses::tellsNamespacesApart)
                        .ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    /** Link-local addresses mean something on one link only, loopback ones in one namespace only. */
    static boolean tellsNamespacesApart(InetAddress address) {
        return !address.isLoopbackAddress() && !(address.isLinkLocalAddress() && address.getAddress().length == 16);
    }

    private static Optional<InetAddress> parse(String dottedQuad) {
        try {
            return Optional.of(InetAddress.ofLiteral(dottedQuad));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<InetAddress> parseHex(String digits) {
        try {
            return Optional.of(InetAddress.getByAddress(HexFormat.of().parseHex(digits)));
        } catch (IllegalArgumentException | UnknownHostException e) {
            return Optional.empty();
        }
    }
}
