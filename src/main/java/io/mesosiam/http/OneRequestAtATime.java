package io.mesosiam.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer sends a request before the last one is answered, after an answer that ends the
 * connection, or while it leaves answers unread; one whose peer doesn't read a large answer in time, or at once if many
 * are unread; and, by {@link RequestHeads}, one whose peer doesn't complete the headers of a request in time. Vert.x 4
 * keeps any number of such requests and answers in memory. No known client of the controller sends requests together
 * (pipelining, RFC 9112 section 9.3.2).
 */
public final class OneRequestAtATime extends ChannelDuplexHandler {
    private final Limits limits;
    private final RequestHeads heads;
    private boolean answering;
    private boolean closing;
    private boolean closed;

    /**
     * What the connections of a port may take.
     *
     * @param unread answers of more than the connection's write buffer, 64 KiB, that their peers have not read yet
     * @param readWithin the time for each of them to be read
     * @param headWithin the time for the line and headers of a request
     */
    public record Limits(Places unread, Duration readWithin, Duration headWithin) {
        /** The limits of a port. No other port's connections count for them. */
        public static Limits ofPort() {
            return new Limits(new Places(16, 64), Duration.ofSeconds(30), Duration.ofSeconds(10));
        }
    }

    private OneRequestAtATime(Limits limits, RequestHeads heads, boolean answering) {
        this.limits = limits;
        this.heads = heads;
        this.answering = answering;
    }

    /** Watches a connection on which no request has arrived. Called on its event loop. */
    public static void on(HttpConnection connection, Limits limits) {
        ChannelHandlerContext vertx = ((ConnectionBase) connection).channelHandlerContext();
        watch(vertx, limits, false);
    }

    /** Watches the connection of a request, which is not answered yet. Called for each request, on the connection's event loop. */
    public static void on(HttpServerRequest request, Limits limits) {
        ChannelHandlerContext vertx = ((ConnectionBase) request.connection()).channelHandlerContext();
        watch(vertx, limits, true);
    }

    /** Watches a connection of a server if it speaks HTTP and isn't watched yet. Called on its event loop, between messages. */
    static void on(Channel channel, Limits limits) {
        ChannelHandlerContext vertx = channel.pipeline().context(VertxHandler.class);
        if (vertx != null && channel.pipeline().get(HttpRequestDecoder.class) != null) {
            watch(vertx, limits, false);
        }
    }

    /** @param answering whether a request has arrived on it that is not answered yet */
    private static void watch(ChannelHandlerContext vertx, Limits limits, boolean answering) {
        ChannelPipeline pipeline = vertx.pipeline();
        if (pipeline.get(OneRequestAtATime.class) == null) {
            var heads = new RequestHeads(limits.headWithin(), !answering);
            pipeline.addBefore(pipeline.context(HttpRequestDecoder.class).name(), null, heads);
            pipeline.addBefore(vertx.name(), null, new OneRequestAtATime(limits, heads, answering));
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        heads.decoded();
        if (message instanceof HttpRequest) {
            closed |= answering || closing || !context.channel().isWritable();
            answering = true;
            heads.complete();
        }
        if (message instanceof LastHttpContent) {
            heads.next();
        }
        if (closed) {
            ReferenceCountUtil.release(message);
            close(context);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        closing |= message instanceof HttpResponse response && ends(response);
        boolean last = message instanceof LastHttpContent && !isInterim(message);
        if (last) {
            answering = false;
            heads.answered(!closing);
        }
        ChannelFuture sent = context.write(message, last ? promise.unvoid() : promise);
        if (last && !context.channel().isWritable()) {
            awaitRead(context, sent);
        }
    }

    private void awaitRead(ChannelHandlerContext context, ChannelFuture sent) {
        ConnectionSource source = ConnectionSource.of(context.channel().remoteAddress());
        if (!limits.unread().take(source)) {
            close(context);
            return;
        }
        Future<?> late = context.executor()
                .schedule(() -> close(context), limits.readWithin().toMillis(), TimeUnit.MILLISECONDS);
        ChannelFuture unused = sent.addListener(_ -> {
            late.cancel(false);
            limits.unread().leave(source);
        });
    }

    private static void close(ChannelHandlerContext context) {
        ChannelFuture unused = context.close();
    }

    /** Whether no request is served after this one (RFC 9112, section 9.6). */
    private static boolean ends(HttpResponse response) {
        return !isInterim(response) && !HttpUtil.isKeepAlive(response);
    }

    /** Whether another response to the same request follows. */
    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().code() < 200
                && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
}
