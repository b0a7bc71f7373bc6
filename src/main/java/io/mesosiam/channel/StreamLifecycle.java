package io.mesosiam.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.channel.Stage.AdmittedHost;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.lease.Delivery;
import io.mesosiam.ownership.Claim;
import io.vertx.core.http.ServerWebSocket;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * The stage of one stream, and the messages that are sent in each stage: none until the agent is admitted, then the
 * state of its host, then changes, and at the end a fault. One lock covers both, so that no message is sent in a stage
 * that does not allow it, and none after a message that could not be sent.
 */
final class StreamLifecycle {
    private static final Logger LOG = Logger.getLogger(StreamLifecycle.class);

    private final StreamContext streamContext;
    private final ServerWebSocket socket;
    private final StreamLines lines;
    private final SendQueue sendQueue;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @GuardedBy("this")
    private Stage stage = new Stage.Connected();

    StreamLifecycle(StreamContext streamContext, ServerWebSocket socket, StreamLines lines) {
        this.streamContext = streamContext;
        this.socket = socket;
        this.lines = lines;
        this.sendQueue = new SendQueue(socket, streamContext.config().longestQueue());
    }

    synchronized Stage stage() {
        return stage;
    }

    /** Completes, never exceptionally, when the stream ends. What depends on it runs under the lock and must not wait. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Admits the agent; returns false if it is already admitted or the stream has ended. */
    synchronized boolean admit(AdmittedHost host) {
        if (!(stage instanceof Stage.Connected)) {
            return false;
        }
        stage = new Stage.Admitted(host);
        return true;
    }

    /** Sends the state of the host, once. Has no effect if the stream has ended. */
    synchronized void open(long epoch, List<Delivery> state) {
        if (stage instanceof Stage.Admitted admitted) {
            stage = admitted.serving();
            write(DeliveryMessage.sync(epoch, state));
        }
    }

    /** Sends a delivery after all earlier ones; returns false if the stream can take no more. */
    synchronized boolean deliver(Delivery delivery) {
        return switch (stage) {
            case Stage.Connected _, Stage.Ended _ -> false;
            case Stage.Admitted _ -> true;
            case Stage.Serving _ ->
                DeliveryMessage.of(delivery).map(this::write).orElse(true);
        };
    }

    /** Sends a message after all earlier ones; has no effect if the agent was not sent the state of its host yet. */
    synchronized void send(ControllerMessage message) {
        if (stage instanceof Stage.Serving) {
            boolean unused = write(message);
        }
    }

    /** Continues under another claim. */
    synchronized void claimed(Claim claim) {
        stage = stage.under(claim);
    }

    @GuardedBy("this")
    private boolean write(ControllerMessage message) {
        boolean sent = stage instanceof Stage.Serving && sendQueue.send(message);
        if (!sent) {
            end(Fault.passing(
                    "too-slow",
                    "more than " + streamContext.config().longestQueue() + " messages wait, or one is too long"));
        }
        return sent;
    }

    /**
     * Takes all leases from the agent, and ends the stream. If the first can't be sent, the fault has the same effect, but for
     * agents of earlier versions.
     */
    synchronized void endEmpty(Fault fault) {
        if (stage instanceof Stage.Serving(AdmittedHost host)) {
            boolean unused = sendQueue.send(DeliveryMessage.sync(host.claim().epoch(), List.of()));
        }
        end(fault);
    }

    /** Ends the stream with this fault as its last message; has no effect if it has ended. */
    synchronized void end(Fault fault) {
        if (stage instanceof Stage.Ended) {
            return;
        }
        // the key has no message, which may quote the peer and so differ in each line
        OptionalLong repeated = lines.due((stage instanceof Stage.Serving ? "ended " : "refused ") + fault.code());
        Stage.Ended end = stage.ended();
        stage = end;
        repeated.ifPresent(times -> LOG.infof(
                "agent stream ended code=%s reason=\"%s\" mesosAgentId=%s address=%s repeated=%d",
                fault.code(),
                fault.message(),
                end.host().map(host -> host.id().value()).orElse(""),
                socket.remoteAddress(),
                times));
        end.host()
                .ifPresent(
                        host -> streamContext.faults().put(host.id(), fault, String.valueOf(socket.remoteAddress())));
        streamContext
                .meters()
                .counter("mesosiam.channel.faults", "code", fault.code())
                .increment();
        sendQueue.sendLast(fault);
        // an agent that does not read delays the close of the socket: the host is left now
        ended.complete(null);
    }

    /** Records that the agent has closed the stream. */
    synchronized void closed() {
        stage = stage.ended();
        ended.complete(null);
    }
}
