package io.mesosiam.agent.redirect;

import io.mesosiam.agent.kernel.NetlinkSocket;
import io.mesosiam.agent.redirect.ConntrackMessage.Answer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells for an accepted connection which address it was opened to, and from which, by the kernel's connection tracking: one question of some
 * microseconds, however many connections there are. Needs NET_ADMIN. Connections are tracked where the rules are in place.
 */
public final class OriginalDestinations implements AutoCloseable {
    private final ReentrantLock turn = new ReentrantLock();
    private final NetlinkSocket socket;
    private int sequence;
    private boolean closed;

    private OriginalDestinations(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * For connections of the calling thread's network namespace.
     *
     * @throws IOException if the kernel can't be asked
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
     * @param source where its caller's socket is
     * @param destination what it asked
     */
    public record Original(InetSocketAddress source, InetSocketAddress destination) implements Tracking {}

    /** What connection tracking says about a connection. */
    public sealed interface Tracking {}

    /** It does not know the connection. */
    public record Untracked() implements Tracking {}

    /** It gave no answer; the same question may be answered later. */
    public record NoAnswer(String reason) implements Tracking {}

    /**
     * The connection as its caller opened it.
     *
     * @param remote the asking end, as the accepted socket tells it
     * @param local the agent's end
     */
    public Tracking of(InetSocketAddress remote, InetSocketAddress local) {
        turn.lock();
        try {
            return closed ? new NoAnswer("the agent is stopping") : ask(remote, local);
        } catch (IOException e) {
            return new NoAnswer("connection tracking does not answer: " + e.getMessage());
        } finally {
            turn.unlock();
        }
    }

    /**
     * Whether a connection was opened to a served address: a {@link ServedAddress}, or the agent's own on loopback, which only this host's
     * network reaches.
     */
    public static boolean serves(InetSocketAddress destination, InetSocketAddress local) {
        return ServedAddress.serves(destination)
                || (destination.equals(local) && destination.getAddress().isLoopbackAddress());
    }

    private Tracking ask(InetSocketAddress remote, InetSocketAddress local) throws IOException {
        int question = ++sequence;
        ConntrackMessage.writeRequest(socket.bytes(), question, remote, local);
        return switch (socket.ask(message -> ConntrackMessage.readAnswer(message, question))) {
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
