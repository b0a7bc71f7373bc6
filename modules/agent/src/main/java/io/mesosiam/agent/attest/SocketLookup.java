package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Finds a TCP socket by its two ends in one network namespace. Thread-safe. */
interface SocketLookup extends AutoCloseable {
    /**
     * The socket with the local end {@code source} and the remote end {@code destination}.
     *
     * @param source and {@code destination} of one address family; IPv4-mapped addresses count as IPv4
     * @param deadline when to give up, with {@link SocketAnswer.Failed}
     */
    SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline);

    /**
     * The bytes that passed the socket with these ends. Waits for the socket's lock, which its owner can hold for a
     * long time, so do not call it on a shared thread.
     */
    default CountersAnswer counters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        return new CountersAnswer.NotCounted();
    }

    /**
     * As {@link #counters}, for a socket of this process, whose lock no other process can hold. It needs none of what
     * queries for the sockets of others may hold for a long time.
     */
    default CountersAnswer ownCounters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        return new CountersAnswer.NotCounted();
    }

    /**
     * The socket of the caller of a connection that this process has accepted and not closed. Where that can be looked up,
     * {@link SocketAnswer.Reset} if this process's end is not connected any more: the found socket is then another
     * caller's.
     */
    default SocketAnswer findCaller(Caller caller, Deadline deadline) {
        return find(caller.source(), caller.destination(), deadline);
    }

    /** The record from which {@link #find} knows who made a socket; empty if there is none. */
    default Optional<SocketMakers> makers() {
        return Optional.empty();
    }

    /** Whether {@link #find} reads files, which takes milliseconds on a host with many sockets. */
    default boolean readsFiles() {
        return false;
    }

    @Override
    void close();
}
