package io.mesosiam.channel;

import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.lease.HostLoad;
import java.util.Optional;

/**
 * Limits of what one host makes the controller hold: reported containers, reported leases, and message length. All are
 * derived from the number of containers that a host can run.
 *
 * @param containers containers that a host may report as running, nested ones included
 */
record HostBounds(int containers) {
    /** A Mesos container id is a UUID of 36 characters; with three parents it has 147. Its framework's id has some 45. */
    private static final int CHARACTERS_PER_CONTAINER = 256;

    /** Typically a container has one or two. */
    private static final int LEASES_PER_CONTAINER = 4;

    /** Length in bytes of an entry of a hello, with the lease of the container. */
    private static final int FRAME_PER_CONTAINER = 768;

    private static final int SHORTEST_FRAME = 256 * 1024;

    HostBounds {
        if (containers < 1) {
            throw new IllegalArgumentException("a host must be allowed at least 1 container, not " + containers);
        }
    }

    /** The limit that a host's reports exceed, as a message; empty if there is none. */
    Optional<String> excess(HostLoad load) {
        if (load.containers() > containers) {
            return Optional.of("the host reports " + load.containers() + " containers, at most " + containers
                    + " are accepted (mesos-iam.channel.containers-per-host)");
        }
        long most = (long) containers * CHARACTERS_PER_CONTAINER;
        if (load.characters() > most) {
            return Optional.of("the ids of the host's containers and their executors have " + load.characters()
                    + " characters, at most " + most + " are accepted");
        }
        return Optional.empty();
    }

    /** The limit that a hello exceeds, as a message; empty if there is none. */
    Optional<String> excess(HostLoad load, int held) {
        long most = (long) containers * LEASES_PER_CONTAINER;
        return held > most
                ? Optional.of("the host reports " + held + " leases, at most " + most + " are accepted")
                : excess(load);
    }

    /** The longest message that an agent may send, in bytes. */
    int longestFrame() {
        return Math.clamp((long) containers * FRAME_PER_CONTAINER, SHORTEST_FRAME, Protocol.MAX_FRAME);
    }
}
