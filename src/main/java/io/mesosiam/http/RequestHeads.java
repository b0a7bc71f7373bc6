package io.mesosiam.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose peer sends too many lines outside of bodies, or whose request's line and headers are not
 * complete in time. It is before the HTTP decoder, which skips blank lines without end, and keeps some 100 bytes for each
 * header or trailer, of which four bytes were sent.
 */
final class RequestHeads extends ChannelInboundHandlerAdapter {
    /** Of a request, with the blank lines before it; of the trailers of a body. Up to {@link #SLICE} bytes more are parsed. */
    static final int MOST_LINES = 128;

    /** So many bytes are decoded before what they were is looked at. */
    private static final int SLICE = 1024;

    private static final Duration DROPPING = Duration.ofSeconds(1);

    private static final String TOO_MANY =
            "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    private final Duration limit;
    private boolean expected;
    private boolean idle;
    private boolean closed;
    private int decoded;
    private int lines;
    private @Nullable Future<?> late;

    /**
     * @param limit the time for line and headers, after the first byte that no request before has
     * @param expected whether the next bytes are of a request of which nothing was decoded, and nothing is to be answered
     */
    RequestHeads(Duration limit, boolean expected) {
        this.limit = limit;
        this.expected = expected;
        this.idle = expected;
    }

    /** The line and headers of a request are complete. */
    void complete() {
        expected = false;
        idle = false;
        cancel();
    }

    /** Anything was decoded. */
    void decoded() {
        decoded++;
    }

    /** The request has been read to its end: the next bytes are of another one. */
    void next() {
        expected = true;
    }

    /**
     * The request is answered.
     *
     * @param another whether another one may follow
     */
    void answered(boolean another) {
        idle = another;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            while (bytes.isReadable() && !closed) {
                read(context, bytes.readRetainedSlice(Math.min(SLICE, bytes.readableBytes())));
            }
        } finally {
            bytes.release();
        }
    }

    private void read(ChannelHandlerContext context, ByteBuf slice) {
        int before = decoded;
        int ends = lineEnds(slice);
        context.fireChannelRead(slice);
        if (decoded != before) {
            lines = 0;
            return;
        }
        if (context.pipeline().get(HttpRequestDecoder.class) == null) {
            // a WebSocket, or closed
            if (!context.isRemoved()) {
                context.pipeline().remove(this);
            }
            return;
        }
        lines += ends;
        if (lines > MOST_LINES) {
            refuse(context);
        } else if (expected && late == null) {
            late = context.executor().schedule(() -> close(context), limit.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void refuse(ChannelHandlerContext context) {
        closed = true;
        if (expected && idle) {
            ChannelFuture unused = context.writeAndFlush(Unpooled.copiedBuffer(TOO_MANY, StandardCharsets.US_ASCII));
            // what the peer has sent until then is dropped: a connection that ends with unread bytes may lose the
            // answer
            cancel();
            late = context.executor().schedule(() -> close(context), DROPPING.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            close(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancel();
        context.fireChannelInactive();
    }

    private void cancel() {
        if (late != null) {
            late.cancel(false);
            late = null;
        }
    }

    /** What is answered already is sent. */
    private static void close(ChannelHandlerContext context) {
        context.flush();
        ChannelFuture unused = context.close();
    }

    private static int lineEnds(ByteBuf bytes) {
        int count = 0;
        for (int i = bytes.readerIndex(); i < bytes.writerIndex(); i++) {
            if (bytes.getByte(i) == '\n') {
                count++;
            }
        }
        return count;
    }
}
