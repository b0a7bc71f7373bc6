package io.mesosiam.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on one connection, whose handshake waits for a slot. The slot is asked for when the first record, which holds the
 * ClientHello, is there: a peer that sends nothing, or half of it, takes none. While the connection waits, nothing more is
 * read. The handshake's time limit counts from the accepted connection. Half of it is the most that a connection waits:
 * a handshake that began later would cost as much, and not end in time.
 *
 * <p>A running handshake stalls when its peer sends nothing for {@link PeerTime#SILENCE}, or takes more than
 * {@link PeerTime#TOTAL} for all of it. It is ended then if other connections wait for a slot. A peer that closes the connection
 * before that has held the slot as well, so its source is late after a failure too if the peer took {@link PeerTime#LATE}.
 *
 * <p>All methods run on the connection's event loop, except {@link #begin}, {@link #refuse}, {@link #stall} and
 * {@link #endIfStalled}.
 */
final class BoundedHandshake extends SslHandler {
    /** Type, version and length (RFC 8446, section 5.1). */
    private static final int RECORD_HEADER = 5;

    private static final int LENGTH_AT = 3;
    private static final int LONGEST_RECORD = 16 * 1024;

    /** After it the event loop has read what had arrived before. */
    private static final long NEXT_READ_MILLIS = 1;

    private final Handshakes handshakes;
    private final PeerTime peerTime;
    private Stage stage = Stage.SILENT;
    private @Nullable ChannelHandlerContext own;
    private long acceptedAt;
    private @Nullable HandshakeFailure refusal;

    private enum Stage {
        SILENT,
        WAITING,
        RUNNING,
        FAILED
    }

    BoundedHandshake(SSLEngine engine, Executor tasks, Handshakes handshakes) {
        this(engine, tasks, handshakes, new PeerTime());
    }

    private BoundedHandshake(SSLEngine engine, Executor tasks, Handshakes handshakes, PeerTime peerTime) {
        super(engine, peerTime.excluding(tasks));
        this.handshakes = handshakes;
        this.peerTime = peerTime;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        super.handlerAdded(ctx);
        own = ctx;
        peerTime.on(ctx.executor());
        acceptedAt = System.nanoTime();
        ConnectionSource source = ConnectionSource.of(ctx.channel().remoteAddress());
        handshakeFuture().addListener(ended -> ended(source, ended));
        handshakes.slots().accept(source, this).ifPresent(other -> other.refuse(HandshakeFailure.TOO_MANY));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws SSLException {
        switch (stage) {
            case SILENT -> {
                if (holdsFirstRecord(in)) {
                    stage = Stage.WAITING;
                    ctx.channel().config().setAutoRead(false);
                    handshakes
                            .slots()
                            .ask(ConnectionSource.of(ctx.channel().remoteAddress()), this)
                            .forEach(BoundedHandshake::begin);
                    closeUnlessBegun(ctx);
                }
            }
            case WAITING -> {
                // what has arrived stays in the buffer
            }
            case RUNNING -> {
                peerTime.heard(System.nanoTime());
                super.decode(ctx, in, out);
            }
            case FAILED -> in.skipBytes(in.readableBytes());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        // would read on, although reading is paused
        if (stage != Stage.WAITING) {
            super.channelReadComplete(ctx);
        }
    }

    /** Lets the handshake begin. */
    void begin() {
        ChannelHandlerContext ctx = context();
        ctx.executor().execute(() -> resume(ctx));
    }

    /** Closes the connection without an answer. */
    void refuse(HandshakeFailure reason) {
        ChannelHandlerContext ctx = context();
        ctx.executor().execute(() -> close(ctx, reason));
    }

    /** How much longer than it may the peer has let the handshake wait; empty if it hasn't. */
    Optional<Duration> stall(long now) {
        return peerTime.stall(now);
    }

    /** Ends the handshake, unless the event loop was late and has something to read. */
    void endIfStalled() {
        ChannelHandlerContext ctx = context();
        Future<?> unused = ctx.executor()
                .schedule(
                        () -> {
                            if (stall(System.nanoTime()).isPresent()) {
                                close(ctx, HandshakeFailure.STALLED);
                            }
                        },
                        NEXT_READ_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void close(ChannelHandlerContext ctx, HandshakeFailure reason) {
        refusal = reason;
        ChannelFuture unused = ctx.close();
    }

    private void closeUnlessBegun(ChannelHandlerContext ctx) {
        long waited = System.nanoTime() - acceptedAt;
        long left = TimeUnit.MILLISECONDS.toNanos(getHandshakeTimeoutMillis()) / 2 - waited;
        // a slot that is free is given first, even if no time is left
        Future<?> unused = ctx.executor()
                .schedule(
                        () -> {
                            if (stage == Stage.WAITING) {
                                close(ctx, HandshakeFailure.WAITED);
                            }
                        },
                        Math.max(0, left),
                        TimeUnit.NANOSECONDS);
    }

    private void resume(ChannelHandlerContext ctx) {
        if (stage != Stage.WAITING) {
            return;
        }
        stage = Stage.RUNNING;
        peerTime.begin(System.nanoTime());
        ctx.channel().config().setAutoRead(true);
        try {
            // no new bytes: the buffered ones are decoded
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
            channelReadComplete(ctx);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
            ChannelFuture unused = ctx.close();
        }
    }

    private void ended(ConnectionSource source, Future<?> ended) {
        try {
            judge(source, failure(ended));
            if (!ended.isSuccess()) {
                CertificateRefusal.of(ended.cause()).ifPresent(refusal -> handshakes.refused(refusal, source));
            }
        } finally {
            handshakes.slots().leave(source, this).forEach(BoundedHandshake::begin);
        }
    }

    private void judge(ConnectionSource source, Optional<HandshakeFailure> failure) {
        boolean late = peerTime.isLate(System.nanoTime());
        peerTime.end();
        if (failure.isEmpty()) {
            handshakes.slots().succeeded(source);
        } else {
            stage = Stage.FAILED;
            handshakes.failed(failure.get(), source);
            if (late) {
                handshakes.slots().stalled(source);
            }
        }
    }

    private Optional<HandshakeFailure> failure(Future<?> ended) {
        if (ended.isSuccess()) {
            return Optional.empty();
        }
        return Optional.of(
                refusal != null
                        ? refusal
                        : switch (ended.cause()) {
                            case SslHandshakeTimeoutException _ -> late();
                            case ClosedChannelException _ -> HandshakeFailure.CLOSED;
                            default -> HandshakeFailure.TLS;
                        });
    }

    private HandshakeFailure late() {
        return switch (stage) {
            case SILENT -> HandshakeFailure.SILENT;
            case WAITING -> HandshakeFailure.WAITED;
            case RUNNING, FAILED -> HandshakeFailure.UNFINISHED;
        };
    }

    private ChannelHandlerContext context() {
        return Optional.ofNullable(own).orElseThrow();
    }

    /** True as well for what can't be a record: TLS says what is wrong with it. */
    private static boolean holdsFirstRecord(ByteBuf in) {
        if (in.readableBytes() < RECORD_HEADER) {
            return false;
        }
        int length = in.getUnsignedShort(in.readerIndex() + LENGTH_AT);
        return length > LONGEST_RECORD || in.readableBytes() >= RECORD_HEADER + length;
    }
}
