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
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose peer sends a request before the last one is answered, or while it leaves answers unread; and
 * one whose peer doesn't read a large answer, after {@link #READ_WITHIN}, or at once if many are unread.
 * Vert.x 4 keeps any number of such requests and answers in memory. No known client of the controller sends requests
 * together (pipelining, RFC 9112 section 9.3.2).
 */
public final class OneRequestAtATime extends ChannelDuplexHandler {
    /** Answers of more than the connection's write buffer, 64 KiB, that their peers have not read yet. */
    private static final Places UNREAD = new Places(16, 64);

    private static final Duration READ_WITHIN = Duration.ofSeconds(30);

    /** RFC 9113, section 5.1.1: the first request of a client has this id at the least. */
    private static final int FIRST_STREAM = 1;

    private final Places unread;
    private final Duration readWithin;
    private boolean answering;
    private boolean closed;

    private OneRequestAtATime(Places unread, Duration readWithin, boolean answering) {
        this.unread = unread;
        this.readWithin = readWithin;
        this.answering = answering;
    }

    /** Watches a connection on which no request has arrived. Called on its event loop. */
    public static void on(HttpConnection connection) {
        watch(connection, UNREAD, READ_WITHIN, false);
    }

    /**
     * Watches the connection of a request, which is not answered yet. Called for each request, on the connection's event
     * loop. A connection of HTTP/2, whose streams are requests that are sent together, serves its first one.
     *
     * @return whether the request is served; if not, its connection is closed
     */
    public static boolean admits(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        if (request.version() != HttpVersion.HTTP_2) {
            watch(connection, UNREAD, READ_WITHIN, true);
            return true;
        }
        boolean first = request.streamId() == FIRST_STREAM;
        var unused = first ? connection.shutdown(READ_WITHIN.toSeconds(), TimeUnit.SECONDS) : connection.close();
        return first;
    }

    /** @param answering whether a request has arrived on it that is not answered yet */
    static void watch(HttpConnection connection, Places unread, Duration readWithin, boolean answering) {
        ChannelHandlerContext vertx = ((ConnectionBase) connection).channelHandlerContext();
        ChannelPipeline pipeline = vertx.pipeline();
        if (pipeline.get(OneRequestAtATime.class) == null) {
            pipeline.addBefore(vertx.name(), null, new OneRequestAtATime(unread, readWithin, answering));
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
            close(context);
        } else {
            context.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean last = message instanceof LastHttpContent && !isInterim(message);
        if (last) {
            answering = false;
        }
        ChannelFuture sent = context.write(message, last ? promise.unvoid() : promise);
        if (last && !context.channel().isWritable()) {
            awaitRead(context, sent);
        }
    }

    private void awaitRead(ChannelHandlerContext context, ChannelFuture sent) {
        ConnectionSource source = ConnectionSource.of(context.channel().remoteAddress());
        if (!unread.take(source)) {
            close(context);
            return;
        }
        Future<?> late =
                context.executor().schedule(() -> close(context), readWithin.toMillis(), TimeUnit.MILLISECONDS);
        ChannelFuture unused = sent.addListener(_ -> {
            late.cancel(false);
            unread.leave(source);
        });
    }

    private static void close(ChannelHandlerContext context) {
        ChannelFuture unused = context.close();
    }

    /** Whether another response to the same request follows. */
    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().code() < 200
                && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
}
