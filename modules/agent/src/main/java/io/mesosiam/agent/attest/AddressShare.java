package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.HostTotal;
import java.util.stream.Stream;

/**
 * How much of the addresses of a scan one outermost container may use, with all containers nested in it. Root in a network
 * namespace decides how long its tables are, and each nested container can have a namespace of its own.
 */
final class AddressShare {
    /** The most lines of tables that are read. */
    static final int MOST_LINES = 2 * LocalAddresses.MOST_LINES;

    /** The most addresses that are kept: some 500 KB of heap. */
    static final int MOST_ADDRESSES = 2 * LocalAddresses.MOST;

    /** What each outermost container has in any case: a usual network has some 20 lines and up to three addresses. */
    static final int OWN_LINES = 512;

    static final int OWN_ADDRESSES = 8;

    private final HostTotal.Part lines;
    private final HostTotal.Part addresses;

    private AddressShare(OfHost host) {
        lines = host.lines.part();
        addresses = host.addresses.part();
    }

    /** What all outermost containers of a host may use together in a scan. */
    static final class OfHost {
        private final HostTotal lines = new HostTotal(OWN_LINES, MOST_LINES);
        private final HostTotal addresses = new HostTotal(OWN_ADDRESSES, MOST_ADDRESSES);

        /** The share of another outermost container. */
        AddressShare share() {
            return new AddressShare(this);
        }
    }

    /** The lines as they are read, at most so many and what is left. */
    Stream<String> lines(Stream<String> all, int most) {
        return all.limit(Math.max(0, Math.min(most, lines.left()))).peek(_ -> {
            boolean unused = lines.takes(1);
        });
    }

    int linesLeft() {
        return lines.left();
    }

    int addressesLeft() {
        return addresses.left();
    }

    /** Takes a part for addresses that are kept. False if there is no room for them. */
    boolean takes(int kept) {
        return addresses.takes(kept);
    }
}
