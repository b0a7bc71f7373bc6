package io.mesosiam.agent.serve.http;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Accepts connections, and closes those of sources that open too many before anything is allocated for them. If files
 * have to be read to find the source of a connection, another thread does so, for one connection at a time: others of this
 * kind wait for it, and the rest is accepted. All methods run on the event loop's thread.
 */
final class AcceptingChannel extends NioServerSocketChannel {
    /** The most connections that are closed before other work of the event loop has its turn. */
    private static final int REFUSED_AT_ONCE = 16;

    private final Admission admission;
    private final ConnectionsInUse inUse;
    private final Executor threads;

    /** Accepted connections that wait until files were read. Only the first is being looked up. */
    private final Queue<Waiting> waiting = new ArrayDeque<>();

    /** @param threads run look-ups that read files */
    AcceptingChannel(ServerSocketChannel socket, Admission admission, ConnectionsInUse inUse, Executor threads) {
        super(socket);
        this.admission = admission;
        this.inUse = inUse;
        this.threads = threads;
    }

    private record Waiting(SocketChannel channel, Caller caller) {}

    /** An accepted connection and what was found about its caller. */
    static final class Accepted extends NioSocketChannel {
        private final Caller caller;
        private final CallerSource source;

        private Accepted(AcceptingChannel parent, SocketChannel channel, Caller caller, CallerSource source) {
            super(parent, channel);
            this.caller = caller.found(source);
            this.source = source;
        }

        Caller caller() {
            return caller;
        }

        CallerSource source() {
            return source;
        }
    }

    @Override
    @SuppressWarnings("resource") // a connection that is not refused belongs to its channel
    protected int doReadMessages(List<Object> accepted) throws Exception {
        for (int refused = 0; refused < REFUSED_AT_ONCE; refused++) {
            SocketChannel channel = javaChannel().accept();
            if (channel == null) {
                return 0;
            }
            Caller caller = new Caller(
                    (InetSocketAddress) channel.getRemoteAddress(), (InetSocketAddress) channel.getLocalAddress());
            Optional<CallerSource> source = admission.sourceAtOnce(caller);
            if (source.isEmpty()) {
                lookUpLater(channel, caller);
            } else if (admission.admits(source.get())) {
                accepted.add(new Accepted(this, channel, caller, source.get()));
                return 1;
            } else {
                close(channel);
            }
        }
        return 0;
    }

    private void lookUpLater(SocketChannel channel, Caller caller) {
        if (waiting.size() >= admission.most()) {
            admission.endedWaiting();
            close(channel);
            return;
        }
        inUse.begin();
        waiting.add(new Waiting(channel, caller));
        if (waiting.size() == 1) {
            lookUp(caller);
        }
    }

    private void lookUp(Caller caller) {
        try {
            threads.execute(() -> {
                CallerSource found = CallerSource.RESET; // closed unread if the look-up ends with an error
                try {
                    found = admission.source(caller);
                } finally {
                    CallerSource source = found;
                    eventLoop().execute(() -> lookedUp(source));
                }
            });
        } catch (RejectedExecutionException stopping) {
            closeWaiting();
        }
    }

    /** Admits or closes the connection that has waited longest. */
    private void lookedUp(CallerSource source) {
        Waiting first = waiting.remove();
        if (isOpen() && admission.admits(source)) {
            pipeline().fireChannelRead(new Accepted(this, first.channel(), first.caller(), source));
        } else {
            close(first.channel());
        }
        inUse.end();
        if (!isOpen()) {
            closeWaiting();
        } else if (!waiting.isEmpty()) {
            lookUp(waiting.element().caller());
        }
    }

    private void closeWaiting() {
        for (Waiting connection = waiting.poll(); connection != null; connection = waiting.poll()) {
            close(connection.channel());
            inUse.end();
        }
    }

    /** Accepts no more connections, and leaves the listening socket open. */
    void stop() {
        config().setAutoRead(false);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException reset) {
            // it is closed
        }
    }
}
