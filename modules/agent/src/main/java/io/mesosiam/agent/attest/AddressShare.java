package io.mesosiam.agent.attest;

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

    private int lines = MOST_LINES;
    private int addresses = MOST_ADDRESSES;

    /** The lines as they are read, at most so many and what is left. */
    Stream<String> lines(Stream<String> all, int most) {
        return all.limit(Math.max(0, Math.min(most, lines))).peek(_ -> lines--);
    }

    int linesLeft() {
        return lines;
    }

    int addressesLeft() {
        return addresses;
    }

    /** Takes a part for addresses that are kept. False if there is no room for them. */
    boolean takes(int kept) {
        if (kept > addresses) {
            return false;
        }
        addresses -= kept;
        return true;
    }
}
