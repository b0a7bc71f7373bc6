package io.mesosiam.channel.handshake;

import io.mesosiam.http.ConnectionSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one connection, whose handshake waits for a slot. The slot is requested when the first record, which holds the
 * ClientHello, is complete: a peer that sends nothing or only part of it takes no slot. While the connection waits,
 * nothing more is read. A peer whose first byte is not TLS is refused at once. The time limit of the handshake counts from the accepted connection. A connection waits for at
 * most half of it: a later handshake would cost as much and not finish in time.
 *
 * <p>A running handshake stalls when its peer sends nothing for {@link PeerTime#SILENCE}, or takes more than {@link
 * PeerTime#TOTAL} in all. A stalled handshake is ended if other connections wait for a slot. A peer that closes the
 * connection earlier has also held the slot, so a failed handshake makes its source late if the peer took {@link
 * PeerTime#LATE}.
 *
 * <p>All methods run on the connection's event loop, except {@link #begin}, {@link #refuse}, {@link #stall} and {@link
 * #endIfStalled}.
 */
final class BoundedHandshake extends SslHandler {
    /** Type, version and length (RFC 8446, section 5.1). */
    private static final int RECORD_HEADER = 5;

    private static final int HANDSHAKE = 22;
    private static final int LENGTH_AT = 3;
    private static final int LONGEST_RECORD = 16 * 1024;

    /** A delay after which the event loop has read the bytes that had already arrived. */
    private static final long NEXT_READ_MILLIS = 1;

    private final HandshakeThreads.Tasks tasks;
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

    BoundedHandshake(SSLEngine engine, HandshakeThreads.Tasks tasks, Handshakes handshakes) {
        this(engine, tasks, handshakes, new PeerTime());
    }

    private BoundedHandshake(SSLEngine engine, HandshakeThreads.Tasks tasks, Handshakes handshakes, PeerTime peerTime) {
        super(engine, peerTime.excluding(tasks));
        this.tasks = tasks;
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
                if (isNotTls(in)) {
                    in.skipBytes(in.readableBytes());
                    close(ctx, HandshakeFailure.NOT_TLS);
                } else if (holdsFirstRecord(in)) {
                    stage = Stage.WAITING;
                    ctx.channel().config().setAutoRead(false);
                    SocketAddress peer = ctx.channel().remoteAddress();
                    boolean awaited = handshakes.isAwaited(peer);
                    tasks.awaited(awaited);
                    handshakes
                            .slots()
                            .request(ConnectionSource.of(peer), this, awaited)
                            .forEach(BoundedHandshake::begin);
                    closeUnlessBegun(ctx);
                }
            }
            case WAITING -> {
                // received bytes stay in the buffer
            }
            case RUNNING -> {
                peerTime.received(System.nanoTime());
                super.decode(ctx, in, out);
            }
            case FAILED -> in.skipBytes(in.readableBytes());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        // super would continue to read
        if (stage != Stage.WAITING) {
            super.channelReadComplete(ctx);
        }
    }

    /** Starts the handshake. */
    void begin() {
        ChannelHandlerContext ctx = context();
        ctx.executor().execute(() -> resume(ctx));
    }

    /** Closes the connection without an answer. */
    void refuse(HandshakeFailure reason) {
        ChannelHandlerContext ctx = context();
        ctx.executor().execute(() -> close(ctx, reason));
    }

    /** Time by which the peer exceeds its limits; empty if it is within them. */
    Optional<Duration> stall(long now) {
        return peerTime.stall(now);
    }

    /** Ends the handshake if it is still stalled after the event loop has read what has arrived. */
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
        // a free slot is given first, even if no time is left
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
            // no new bytes: decodes the buffered ones
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
            channelReadComplete(ctx);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
            ChannelFuture unused = ctx.close();
        }
    }

    private void ended(ConnectionSource source, Future<?> ended) {
        try {
            recordOutcome(source, failure(ended));
            if (!ended.isSuccess()) {
                CertificateRefusal.of(ended.cause()).ifPresent(refusal -> handshakes.refused(refusal, source));
            }
        } finally {
            handshakes.slots().leave(source, this).forEach(BoundedHandshake::begin);
        }
    }

    private void recordOutcome(ConnectionSource source, Optional<HandshakeFailure> failure) {
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
                            case SslHandshakeTimeoutException _ -> timeout();
                            case ClosedChannelException _ -> HandshakeFailure.CLOSED;
                            default -> HandshakeFailure.TLS;
                        });
    }

    private HandshakeFailure timeout() {
        return switch (stage) {
            case SILENT -> HandshakeFailure.SILENT;
            case WAITING -> HandshakeFailure.WAITED;
            case RUNNING, FAILED -> HandshakeFailure.UNFINISHED;
        };
    }

    private ChannelHandlerContext context() {
        return Optional.ofNullable(own).orElseThrow();
    }

    /** Whether the peer speaks another protocol, such as plain HTTP: a ClientHello is in a record of type handshake. */
    private static boolean isNotTls(ByteBuf in) {
        return in.isReadable() && in.getUnsignedByte(in.readerIndex()) != HANDSHAKE;
    }

    /** Whether the first record is complete. Also true for invalid input, which TLS then rejects. */
    private static boolean holdsFirstRecord(ByteBuf in) {
        if (in.readableBytes() < RECORD_HEADER) {
            return false;
        }
        int length = in.getUnsignedShort(in.readerIndex() + LENGTH_AT);
        return length > LONGEST_RECORD || in.readableBytes() >= RECORD_HEADER + length;
    }
}
