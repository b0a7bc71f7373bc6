package io.mesosiam.agent.serve.http;

import io.mesosiam.agent.attest.Caller;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;

/** Accepts connections, and closes those of sources that open too many before anything is allocated for them. */
final class AcceptingChannel extends NioServerSocketChannel {
    /** The most connections that are closed before other work of the event loop has its turn. */
    private static final int REFUSED_AT_ONCE = 16;

    private final Admission admission;

    AcceptingChannel(ServerSocketChannel socket, Admission admission) {
        super(socket);
        this.admission = admission;
    }

    /** An accepted connection and the source for which it counts. */
    static final class Accepted extends NioSocketChannel {
        private final Caller caller;
        private final String source;

        private Accepted(AcceptingChannel parent, SocketChannel channel, Caller caller, String source) {
            super(parent, channel);
            this.caller = caller;
            this.source = source;
        }

        Caller caller() {
            return caller;
        }

        String source() {
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
            Optional<String> source = admission.source(caller);
            if (source.isPresent()) {
                accepted.add(new Accepted(this, channel, caller, source.get()));
                return 1;
            }
            close(channel);
        }
        return 0;
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException reset) {
            // it is closed
        }
    }
}
