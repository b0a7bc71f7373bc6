package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.vertx.core.Context;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * The WebSocket of one agent: reads its messages and passes each to its {@link AgentStream}. They are read one at a time
 * on virtual threads; the socket is paused while one is handled, and longer if the agent sends faster than its host may, so that
 * an agent cannot queue work here.
 */
final class AgentConnection {
    private static final Logger LOG = Logger.getLogger(AgentConnection.class);

    private final AgentStream stream;
    private final ServerWebSocket socket;
    private final Context context;
    private final Duration helloTimeout;

    /** A ping is answered at once, whether the agent reads the answer or not. */
    private final FrameBudget frames = new FrameBudget(System.nanoTime());

    /** Whether too many frames arrived: nothing more is read. Only for the event loop. */
    private boolean limited;

    /** Whether a frame has arrived. The hello is then in time, even if admission takes longer than the timeout. */
    private volatile boolean frameReceived;

    /** @param context the event loop of the socket */
    AgentConnection(AgentStream stream, ServerWebSocket socket, Context context, Duration helloTimeout) {
        this.stream = stream;
        this.socket = socket;
        this.context = context;
        this.helloTimeout = helloTimeout;
    }

    /** Called on the event loop, before the first frame is read. */
    void start() {
        socket.textMessageHandler(this::received);
        socket.frameHandler(frame -> {
            if (FrameBudget.counts(frame) && !frames.take(System.nanoTime())) {
                // each ping that is read is answered, until the connection has ended
                limited = true;
                socket.pause();
                stream.end(Fault.lasting(
                        "host-limit",
                        "the agent sends more than two pings, pongs or short parts of a message a second"));
            }
        });
        socket.binaryMessageHandler(_ -> stream.end(Fault.lasting("not-text", "a message is a text frame")));
        socket.exceptionHandler(this::broken);
        long timer = context.owner().setTimer(helloTimeout.toMillis(), _ -> {
            if (!frameReceived && expectsHello()) {
                stream.end(Fault.passing("hello-timeout", "no hello within " + helloTimeout));
            }
        });
        socket.closeHandler(_ -> {
            context.owner().cancelTimer(timer);
            stream.closed();
        });
    }

    private boolean expectsHello() {
        return stream.stage() instanceof Stage.Connected;
    }

    /**
     * Handles an error of the socket. After an I/O error the close handler is called; any other error is malformed
     * input.
     */
    private void broken(Throwable failure) {
        if (!(failure instanceof HttpClosedException || failure instanceof IOException)) {
            stream.lines()
                    .due("unreadable")
                    .ifPresent(repeated -> LOG.infof(
                            "stream can't be read address=%s reason=\"%s\" repeated=%d",
                            stream.address(), failure.getMessage(), repeated));
            stream.end(Fault.lasting("malformed", "the stream can't be read"));
        }
    }

    private void received(String frame) {
        frameReceived = true;
        socket.pause();
        stream.add(() -> {
            try {
                read(frame);
            } finally {
                resume(stream.pause(frame.length()));
            }
        });
    }

    private void resume(Duration after) {
        if (after.toMillis() > 0) {
            long unused = context.owner().setTimer(after.toMillis(), _ -> context.runOnContext(_ -> resume()));
        } else {
            context.runOnContext(_ -> resume());
        }
    }

    private void resume() {
        if (!limited) {
            socket.resume();
        }
    }

    private void read(String frame) {
        if (stream.stage() instanceof Stage.Ended) {
            return;
        }
        try {
            switch (AgentMessageCodec.decode(frame)) {
                case Decoded.Known<AgentMessage>(AgentMessage.Hello hello) -> stream.hello(hello);
                case Decoded.Known<AgentMessage>(AgentMessage message) -> stream.reported(message);
                case Decoded.Unknown<AgentMessage>(String type) -> ignoreUnknown(type);
            }
        } catch (MalformedFrameException e) {
            stream.end(Fault.lasting("malformed", String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            // well-formed, but with an invalid value: only this message is dropped
            stream.lines()
                    .due("ignored")
                    .ifPresent(repeated -> LOG.warnf(
                            "agent message ignored reason=\"%s\" address=%s repeated=%d",
                            e.getMessage(), stream.address(), repeated));
        }
    }

    private void ignoreUnknown(String type) {
        if (expectsHello()) {
            stream.end(Fault.lasting("hello-expected", "the first message on a stream is hello, not " + type));
        } else {
            stream.lines()
                    .due("unknown type")
                    .ifPresent(repeated -> LOG.infof(
                            "agent message of unknown type ignored type=\"%s\" address=%s repeated=%d",
                            type, stream.address(), repeated));
        }
    }
}
