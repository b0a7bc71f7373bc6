package io.mesosiam.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The connections of a listener that others have made, and that has no hook for connections on which no request has
 * arrived, as Quarkus's: each is watched from its beginning.
 */
public final class AcceptedConnections {
    private final OneRequestAtATime.Limits limits;

    private AcceptedConnections(OneRequestAtATime.Limits limits) {
        this.limits = limits;
    }

    /** Lets the connections be watched that the listener of this port accepts from now on. */
    public static void watch(Vertx vertx, int port, OneRequestAtATime.Limits limits) {
        for (EventExecutor executor : ((VertxInternal) vertx).getAcceptorEventLoopGroup()) {
            var loop = (SingleThreadEventLoop) executor;
            loop.execute(() -> loop.registeredChannelsIterator().forEachRemaining(listener -> {
                if (listener.localAddress() instanceof InetSocketAddress address && address.getPort() == port) {
                    listener.pipeline().addFirst(new AcceptedConnections(limits).new Acceptor());
                }
            }));
        }
    }

    /** In the pipeline of the listener. Its messages are accepted connections, of which nothing is set up yet. */
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((Channel) message).pipeline().addLast(new Beginning());
            context.fireChannelRead(message);
        }
    }

    /** Vert.x has set the connection up when it becomes active, or with TLS when its handshake succeeds. */
    private final class Beginning extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.fireChannelActive();
            Stream.of(SniHandler.class, SslHandler.class)
                    .map(tls -> context.pipeline().context(tls))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .ifPresentOrElse(
                            tls -> context.pipeline().addAfter(tls.name(), null, new Handshake()),
                            () -> OneRequestAtATime.on(context.channel(), limits));
            context.pipeline().remove(this);
        }
    }

    private final class Handshake extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            context.fireUserEventTriggered(event);
            if (event instanceof SslHandshakeCompletionEvent) {
                OneRequestAtATime.on(context.channel(), limits);
                context.pipeline().remove(this);
            }
        }
    }
}
