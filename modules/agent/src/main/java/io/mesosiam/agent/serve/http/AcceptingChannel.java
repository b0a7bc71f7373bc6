package io.mesosiam.agent.serve.http;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Accepts connections, and closes those of sources that open too many before anything is allocated for them. If files
 * have to be read to find the source of a connection, another thread does so, and no other connection is accepted until
 * then. All methods run on the event loop's thread.
 */
final class AcceptingChannel extends NioServerSocketChannel {
    /** The most connections that are closed before other work of the event loop has its turn. */
    private static final int REFUSED_AT_ONCE = 16;

    private final Admission admission;
    private final ConnectionsInUse inUse;
    private final Executor threads;
    private boolean stopped;

    /** @param threads run look-ups that read files */
    AcceptingChannel(ServerSocketChannel socket, Admission admission, ConnectionsInUse inUse, Executor threads) {
        super(socket);
        this.admission = admission;
        this.inUse = inUse;
        this.threads = threads;
    }

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
                lookUp(channel, caller);
                return 0;
            }
            if (admission.admits(source.get())) {
                accepted.add(new Accepted(this, channel, caller, source.get()));
                return 1;
            }
            close(channel);
        }
        return 0;
    }

    private void lookUp(SocketChannel channel, Caller caller) {
        config().setAutoRead(false);
        inUse.begin();
        try {
            threads.execute(() -> {
                CallerSource source = admission.source(caller);
                eventLoop().execute(() -> lookedUp(channel, caller, source));
            });
        } catch (RejectedExecutionException stopping) {
            close(channel);
            inUse.end();
        }
    }

    private void lookedUp(SocketChannel channel, Caller caller, CallerSource source) {
        if (isOpen() && admission.admits(source)) {
            pipeline().fireChannelRead(new Accepted(this, channel, caller, source));
        } else {
            close(channel);
        }
        inUse.end();
        if (!stopped) {
            config().setAutoRead(true);
        }
    }

    /** Accepts no more connections, and leaves the listening socket open. */
    void stop() {
        stopped = true;
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
