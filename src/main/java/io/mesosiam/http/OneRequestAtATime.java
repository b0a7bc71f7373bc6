package io.mesosiam.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Closes a connection whose peer sends a request before the last one is answered, or while it leaves answers unread.
 * Vert.x 4 keeps any number of such requests and answers in memory. No known client of the controller sends requests
 * together (pipelining, RFC 9112 section 9.3.2).
 */
public final class OneRequestAtATime extends ChannelDuplexHandler {
    private boolean answering;
    private boolean closed;

    private OneRequestAtATime(boolean answering) {
        this.answering = answering;
    }

    /** Watches a connection on which no request has arrived. Called on its event loop. */
    public static void on(HttpConnection connection) {
        watch(connection, false);
    }

    /** Watches a connection from its first request on, which is not answered yet. Called for each request, on its event loop. */
    public static void during(HttpConnection connection) {
        watch(connection, true);
    }

    private static void watch(HttpConnection connection, boolean answering) {
        ChannelHandlerContext vertx = ((ConnectionBase) connection).channelHandlerContext();
        ChannelPipeline pipeline = vertx.pipeline();
        if (pipeline.get(OneRequestAtATime.class) == null) {
            pipeline.addBefore(vertx.name(), null, new OneRequestAtATime(answering));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            closed |= answering || !context.channel().isWritable();
            answering = true;
        }
        if (closed) {
            ReferenceCountUtil.release(message);
            ChannelFuture unused = context.close();
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof LastHttpContent && !isInterim(message)) {
            answering = false;
        }
        ChannelFuture unused = context.write(message, promise);
    }

    /** Whether another response to the same request follows. */
    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().code() < 200
                && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
}
