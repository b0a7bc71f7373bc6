package io.mesosiam.agent.attest;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Parses a network namespace's local addresses from two kernel tables. Root in the namespace can add any number of them, so
 * no more are read than are kept.
 */
final class LocalAddresses {
    /** The most addresses of one namespace. */
    static final int MOST = 1024;

    /**
     * The most lines of one namespace's tables that are read: five times as many as 1,024 addresses usually take. The
     * kernel searches the whole table for each few kilobytes of it, so that its time grows with the square of the length.
     */
    static final int MOST_LINES = 1 << 14;

    private LocalAddresses() {}

    /**
     * The IPv4 addresses in {@code /proc/PID/net/fib_trie}: every leaf {@code |-- a.b.c.d} with a line
     * {@code /32 host LOCAL} below it. Without loopback addresses, which every namespace has.
     *
     * @param most how many are kept; the rest is not read
     */
    static Set<InetAddress> ofFibTrie(Stream<String> fibTrie, int most) {
        Set<InetAddress> addresses = new HashSet<>();
        String leaf = "";
        for (Iterator<String> lines = fibTrie.iterator(); addresses.size() < most && lines.hasNext(); ) {
            String line = lines.next().strip();
            if (line.startsWith("|-- ")) {
                leaf = line.substring("|-- ".length());
            } else if (line.startsWith("/32 host LOCAL")) {
                parse(leaf).filter(LocalAddresses::identifiesNamespace).ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    /**
     * The IPv6 addresses in {@code /proc/PID/net/if_inet6}: 32 hexadecimal digits first; without loopback and
     * link-local ones.
     *
     * @param most how many are kept; the rest is not read
     */
    static Set<InetAddress> ofIfInet6(Stream<String> ifInet6, int most) {
        Set<InetAddress> addresses = new HashSet<>();
        for (Iterator<String> lines = ifInet6.iterator(); addresses.size() < most && lines.hasNext(); ) {
            String line = lines.next();
            if (line.length() > 32 && line.charAt(32) == ' ') {
                parseHex(line.substring(0, 32))
                        .filter(LocalAddresses::identifiesNamespace)
                        .ifPresent(addresses::add);
            }
        }
        return addresses;
    }

    /**
     * Whether an address can identify a namespace. Link-local addresses are valid on one link only, loopback addresses
     * in every namespace.
     */
    static boolean identifiesNamespace(InetAddress address) {
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
