package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessageCodec;
import io.mesosiam.channel.wire.Protocol;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Messages to one agent, sent in the order in which they are added. The number that waits is limited.
 *
 * <p>A message is an empty text frame and a continuation with its content (RFC 6455, section 5.4): key material goes
 * from the codec's bytes to the socket, never through a String, and the bytes are zeroed after they are written.
 */
final class SendQueue {
    /** RFC 6455, section 7.4.1. */
    private static final short POLICY_VIOLATION = 1008;

    private final ServerWebSocket socket;
    private final int limit;
    private final AtomicInteger waiting = new AtomicInteger();

    SendQueue(ServerWebSocket socket, int limit) {
        this.socket = socket;
        this.limit = limit;
    }

    /** Sends a message; returns false without sending if too many wait or the message is too long. */
    synchronized boolean send(ControllerMessage message) {
        return waiting.get() < limit && write(message);
    }

    /** Sends the last message, regardless of the limit, and closes the socket. */
    synchronized void sendLast(ControllerMessage.Fault fault) {
        boolean unused = write(fault);
        socket.close(POLICY_VIOLATION, fault.code());
    }

    private boolean write(ControllerMessage message) {
        byte[] text = ControllerMessageCodec.encode(message);
        Buffer payload = Buffer.buffer(text);
        Arrays.fill(text, (byte) 0);
        if (payload.length() > Protocol.MAX_FRAME || socket.isClosed()) {
            return false;
        }
        waiting.incrementAndGet();
        socket.writeFrame(WebSocketFrame.textFrame("", false));
        socket.writeFrame(WebSocketFrame.continuationFrame(payload, true)).onComplete(written -> {
            waiting.decrementAndGet();
            payload.setBytes(0, new byte[payload.length()]);
        });
        return true;
    }
}
