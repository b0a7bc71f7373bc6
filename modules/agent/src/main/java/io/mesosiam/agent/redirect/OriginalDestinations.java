package io.mesosiam.agent.redirect;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.kernel.NetlinkSocket;
import io.mesosiam.agent.redirect.ConntrackMessage.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks up the original ends of an accepted connection, from which and to which it was opened, in the kernel's
 * connection tracking: one query of a few microseconds, independent of the number of connections. Needs NET_ADMIN.
 * Connections are tracked while the rules are installed.
 */
public final class OriginalDestinations implements AutoCloseable {
    /** For the look-up of a connection that was just accepted. Other connections wait for it. */
    public static final Duration LONGEST_LOOK_UP = Duration.ofSeconds(1);

    private final ReentrantLock turn = new ReentrantLock();

    @GuardedBy("turn")
    private final NetlinkSocket socket;

    @GuardedBy("turn")
    private int sequence;

    @GuardedBy("turn")
    private boolean closed;

    private OriginalDestinations(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens a lookup for connections of the calling thread's network namespace.
     *
     * @throws IOException if the kernel can't be queried
     */
    public static OriginalDestinations open() throws IOException {
        try {
            return new OriginalDestinations(NetlinkSocket.toNetfilter());
        } catch (LinkageError e) {
            throw new IOException("foreign functions aren't available", e);
        }
    }

    /**
     * A connection's two ends as it was opened, before this host translated any of them.
     *
     * @param source the end of the caller's socket
     * @param destination the address to which the caller connected
     */
    public record Original(InetSocketAddress source, InetSocketAddress destination) implements Tracking {}

    /** The answer of connection tracking about a connection. */
    public sealed interface Tracking {}

    /** The connection is not tracked. */
    public record Untracked() implements Tracking {}

    /** There was no answer; the same query may succeed later. */
    public record NoAnswer(String reason) implements Tracking {}

    /**
     * The connection as its caller opened it.
     *
     * @param remote the caller's end, as reported by the accepted socket
     * @param local the agent's end
     * @param atMost how long to wait for other queries
     */
    public Tracking of(InetSocketAddress remote, InetSocketAddress local, Duration atMost) {
        try {
            if (!turn.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                return new NoAnswer("other queries of connection tracking took too long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new NoAnswer("interrupted");
        }
        try {
            return closed ? new NoAnswer("the agent is stopping") : query(remote, local);
        } catch (IOException e) {
            return new NoAnswer("connection tracking does not answer: " + e.getMessage());
        } finally {
            turn.unlock();
        }
    }

    /**
     * Whether a connection was opened to a served address: a {@link ServedAddress}, or the agent's own on loopback,
     * which can be reached only from the host's own network.
     */
    public static boolean serves(InetSocketAddress destination, InetSocketAddress local) {
        return ServedAddress.serves(destination)
                || (destination.equals(local) && destination.getAddress().isLoopbackAddress());
    }

    @GuardedBy("turn")
    private Tracking query(InetSocketAddress remote, InetSocketAddress local) throws IOException {
        int question = ++sequence;
        ConntrackMessage.writeRequest(socket.bytes(), question, remote, local);
        return switch (socket.query(message -> ConntrackMessage.readAnswer(message, question))) {
            case Answer.Tracked(var source, var destination) -> new Original(source, destination);
            case Answer.Untracked() -> new Untracked();
            case Answer.Refused(int errno) -> throw new IOException("errno " + errno);
        };
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                socket.close();
            }
        } finally {
            turn.unlock();
        }
    }
}
