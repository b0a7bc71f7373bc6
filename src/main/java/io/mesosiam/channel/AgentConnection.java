package io.mesosiam.channel;

import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessageCodec;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.Decoded;
import io.mesosiam.channel.wire.MalformedFrameException;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.Claim;
import io.mesosiam.ownership.ClaimAttempt;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.postgres.PlainReason;
import io.mesosiam.postgres.WriteFailure;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one agent: an admitted hello, then the complete state of the host, then changes. Incoming messages are
 * read one at a time on virtual threads; the socket is paused while one is handled, so that an agent cannot queue work
 * here. Outgoing messages wait in a bounded queue. A stream whose queue overflows is ended, and the agent receives the
 * complete state when it connects again.
 *
 * <p>A failure ends only this stream, with a {@link Fault} that states the reason.
 */
final class AgentConnection {
    private static final Logger LOG = Logger.getLogger(AgentConnection.class);

    /** RFC 6455, section 7.4.1. */
    private static final short POLICY_VIOLATION = 1008;

    private final StreamContext streamContext;
    private final ServerWebSocket socket;
    private final CertificateNames certificate;
    private final Context context;
    private final SendQueue sendQueue;
    private final SerialExecutor executor = new SerialExecutor(this::failed);
    private final AgentReport reports;

    /** Whether a frame has arrived. The hello is then in time, even if admission takes longer than the timeout. */
    private volatile boolean frameReceived;

    private final CompletableFuture<Void> recorded = new CompletableFuture<>();

    // guarded by this
    private Stage stage = Stage.EXPECTING_HELLO;
    private @Nullable Place place;
    private boolean opened;
    private @Nullable ClaimAttempt claiming;

    private enum Stage {
        EXPECTING_HELLO,
        /** Admitted; the state of the host is not sent yet, and contains earlier deliveries, which are dropped. */
        ADMITTED,
        OPEN,
        ENDED
    }

    private record Place(MesosAgentId host, Claim claim, String agentVersion) {}

    AgentConnection(
            StreamContext streamContext, ServerWebSocket socket, CertificateNames certificate, Context context) {
        this.streamContext = streamContext;
        this.socket = socket;
        this.certificate = certificate;
        this.context = context;
        this.reports = new AgentReport(() -> due("report"));
        this.sendQueue = new SendQueue(socket, streamContext.config().longestQueue());
    }

    /** Called on the event loop, before the first frame is read. */
    void start() {
        socket.textMessageHandler(this::received);
        socket.binaryMessageHandler(frame -> end("not-text", "a message is a text frame"));
        socket.exceptionHandler(this::broken);
        long timer = context.owner()
                .setTimer(streamContext.config().helloTimeout().toMillis(), fired -> {
                    if (!frameReceived && expectsHello()) {
                        endPassing(
                                "hello-timeout",
                                "no hello within " + streamContext.config().helloTimeout());
                    }
                });
        socket.closeHandler(closed -> {
            context.owner().cancelTimer(timer);
            executor.add(this::streamEnded);
        });
    }

    /** Sends a delivery after all earlier ones; returns false if the stream can take no more. */
    synchronized boolean deliver(Delivery delivery) {
        return switch (stage) {
            case EXPECTING_HELLO, ENDED -> false;
            case ADMITTED -> true;
            case OPEN -> send(delivery);
        };
    }

    /** @param retryAfter how long the agent waits before it connects again */
    void supersede(Duration retryAfter) {
        end(new Fault(
                "superseded",
                "the host has a newer stream; if this repeats, two agents have one certificate",
                new Fault.Passing(retryAfter)));
    }

    /** The remote address of the agent. */
    String address() {
        return String.valueOf(socket.remoteAddress());
    }

    /** Ends the stream with a lasting fault, which an operator has to resolve. */
    void end(String code, String message) {
        end(Fault.lasting(code, message));
    }

    /** Ends the stream with a passing fault; the agent connects again at once, first to another controller. */
    void endPassing(String code, String message) {
        end(Fault.passing(code, message));
    }

    /** Completes, never exceptionally, when the end of this stream is recorded or cannot be recorded. */
    CompletableFuture<Void> recorded() {
        return recorded;
    }

    void ping() {
        socket.writePing(Buffer.buffer());
    }

    /** Repeats the checks of the hello, since the stream may outlive their results. */
    void recheck(ClusterState cluster, Instant now) {
        if (!now.isBefore(certificate.notAfter())) {
            // the agent reads its certificate for each stream, so it presents a renewed one at once
            endPassing("certificate-expired", "the certificate expired at " + certificate.notAfter());
        }
        Place known = place();
        if (known != null
                && MesosHostCheck.check(certificate, known.host(), cluster)
                        instanceof MesosHostCheck.Finding.Other other) {
            end(streamContext
                    .admission()
                    .mismatch(certificate, known.host(), other)
                    .fault());
        }
    }

    long epoch() {
        Place known = place();
        return known == null ? 0 : known.claim().epoch();
    }

    private synchronized @Nullable Place place() {
        return place;
    }

    private synchronized boolean expectsHello() {
        return stage == Stage.EXPECTING_HELLO;
    }

    private synchronized boolean hasOpened() {
        return opened;
    }

    private synchronized boolean hasEnded() {
        return stage == Stage.ENDED;
    }

    /**
     * Handles an error of the socket. After an I/O error the close handler is called; any other error is malformed
     * input.
     */
    private void broken(Throwable failure) {
        if (!(failure instanceof HttpClosedException || failure instanceof IOException)) {
            due("unreadable")
                    .ifPresent(repeated -> LOG.infof(
                            "stream can't be read address=%s reason=\"%s\" repeated=%d",
                            socket.remoteAddress(), failure.getMessage(), repeated));
            end("malformed", "the stream can't be read");
        }
    }

    private void received(String frame) {
        frameReceived = true;
        socket.pause();
        executor.add(() -> {
            try {
                read(frame);
            } finally {
                context.runOnContext(done -> socket.resume());
            }
        });
    }

    private void read(String frame) {
        if (hasEnded()) {
            return;
        }
        try {
            switch (AgentMessageCodec.decode(frame)) {
                case Decoded.Known<AgentMessage>(AgentMessage message) -> handle(message);
                case Decoded.Unknown<AgentMessage>(String type) -> ignoreUnknown(type);
            }
        } catch (MalformedFrameException e) {
            end("malformed", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            // well-formed, but with an invalid value: only this message is dropped
            due("ignored")
                    .ifPresent(repeated -> LOG.warnf(
                            "agent message ignored reason=\"%s\" address=%s repeated=%d",
                            e.getMessage(), socket.remoteAddress(), repeated));
        }
    }

    private void handle(AgentMessage message) {
        Place known = place();
        if (message instanceof AgentMessage.Hello hello) {
            hello(hello);
        } else if (known == null) {
            end("hello-expected", "the first message on a stream is hello");
        } else {
            handle(known.host(), message);
        }
    }

    private void handle(MesosAgentId host, AgentMessage message) {
        switch (message) {
            case AgentMessage.Hello again -> throw new AssertionError("handled above");
            case AgentMessage.Ack ack ->
                streamContext.meters().counter("mesosiam.channel.acks").increment();
            case AgentMessage.Nack nack -> {
                streamContext.meters().counter("mesosiam.channel.nacks").increment();
                streamContext
                        .meters()
                        .counter("mesosiam.channel.nack.reasons", "code", NackCode.label(nack.code()))
                        .increment();
                due("nack " + NackCode.label(nack.code()))
                        .ifPresent(repeated -> LOG.warnf(
                                "agent could not apply a message code=%s reason=\"%s\" mesosAgentId=%s leaseId=%s revision=%d"
                                        + " repeated=%d",
                                nack.code(), nack.message(), host, nack.leaseId(), nack.revision(), repeated));
                streamContext
                        .events()
                        .notServed(
                                host,
                                LeaseId.parse(nack.leaseId()),
                                nack.revision(),
                                "the host's agent doesn't serve it: " + nack.message());
            }
            case AgentMessage.Ask ask -> {
                streamContext.meters().counter("mesosiam.channel.asks").increment();
                streamContext
                        .events()
                        .asked(host, ContainerId.parse(ask.containerId()), new CredentialName(ask.name()));
            }
            case AgentMessage.Containers changed ->
                bounds().excess(streamContext
                                .events()
                                .containers(
                                        host,
                                        reports.containers(changed.started()),
                                        reports.containers(changed.ended()).keySet()))
                        .ifPresent(this::exceedsLimit);
        }
    }

    private HostBounds bounds() {
        return new HostBounds(streamContext.config().containersPerHost());
    }

    /** Lasting, since the host would report the same amount again. */
    private void exceedsLimit(String excess) {
        end("host-limit", excess);
    }

    private void ignoreUnknown(String type) {
        if (expectsHello()) {
            end("hello-expected", "the first message on a stream is hello, not " + type);
        } else {
            due("unknown type")
                    .ifPresent(repeated -> LOG.infof(
                            "agent message of unknown type ignored type=\"%s\" address=%s repeated=%d",
                            type, socket.remoteAddress(), repeated));
        }
    }

    private void hello(AgentMessage.Hello hello) {
        if (!expectsHello()) {
            end("hello-twice", "a stream has one hello");
            return;
        }
        Optional<String> excess = bounds().excess(
                        HostLoad.of(reports.containers(hello.containers()).keySet()),
                        hello.held().size());
        if (excess.isPresent()) {
            exceedsLimit(excess.get());
            return;
        }
        switch (streamContext.admission().admit(certificate, hello)) {
            case Admission.Verdict.Refused(Fault fault) -> end(fault);
            case Admission.Verdict.Admitted(MesosAgentId host, Claim claim, Optional<ClaimAttempt> late) -> {
                Place admitted = new Place(host, claim, hello.agentVersion());
                streamContext.streams().locked(host, () -> enter(admitted, hello));
                late.ifPresent(this::handle);
            }
        }
    }

    /** Claims the host of a provisional stream again, unless a claim is in flight. */
    void recheckClaim() {
        executor.add(this::claimAgain);
    }

    private void claimAgain() {
        Place known = place();
        if (known != null && known.claim().provisional() && !isClaiming()) {
            handle(streamContext.admission().claimAgain(known.host(), certificate, known.agentVersion()));
        }
    }

    private synchronized boolean isClaiming() {
        return claiming != null;
    }

    private void handle(ClaimAttempt attempt) {
        synchronized (this) {
            claiming = attempt;
        }
        var unused = attempt.answer().whenComplete((_, _) -> executor.add(() -> answered(attempt.await())));
    }

    private void answered(ClaimAttempt.Result result) {
        synchronized (this) {
            claiming = null;
        }
        Place known = place();
        if (known == null) {
            return;
        }
        switch (result) {
            case ClaimAttempt.Result.Answered answered ->
                answered.claim()
                        .ifPresent(claim -> streamContext.streams().locked(known.host(), () -> claimed(known, claim)));
            case ClaimAttempt.Result.Failed failed ->
                streamContext.admission().notRecorded(certificate, known.host(), failed.failure(), failed.reason());
            case ClaimAttempt.Result.Late() -> throw new AssertionError("the attempt has an answer");
        }
    }

    /** Handles a recorded claim: the stream continues under the epoch that the database assigned. */
    private void claimed(Place known, Claim claim) {
        streamContext.admission().claimed(certificate, known.host(), claim);
        boolean newest = streamContext
                .streams()
                .of(known.host())
                .filter(it -> it == this)
                .isPresent();
        if (hasEnded() || !newest) {
            return;
        }
        boolean goesOn = claim.continued()
                && streamContext.events().claimed(known.host(), known.claim().epoch(), claim.epoch());
        if (!goesOn) {
            endPassing("claim-again", "another controller claimed the host in between; send hello again");
            return;
        }
        synchronized (this) {
            place = new Place(known.host(), claim, known.agentVersion());
        }
        due("claimed")
                .ifPresent(repeated -> LOG.infof(
                        "claim recorded within the stream mesosAgentId=%s epoch=%d repeated=%d",
                        known.host(), claim.epoch(), repeated));
    }

    private void enter(Place admitted, AgentMessage.Hello hello) {
        synchronized (this) {
            if (stage != Stage.EXPECTING_HELLO) {
                return;
            }
            place = admitted;
            stage = Stage.ADMITTED;
        }
        if (!streamContext.streams().enter(admitted.host(), this)) {
            return;
        }
        try {
            streamContext
                    .events()
                    .connected(
                            admitted.host(),
                            admitted.claim().epoch(),
                            reports.held(hello.held()),
                            reports.containers(hello.containers()),
                            state -> open(admitted, state));
            due("connected")
                    .ifPresent(repeated -> LOG.infof(
                            "agent connected mesosAgentId=%s epoch=%d provisional=%b agentVersion=%s repeated=%d",
                            admitted.host(),
                            admitted.claim().epoch(),
                            admitted.claim().provisional(),
                            hello.agentVersion(),
                            repeated));
        } catch (IllegalStateException e) {
            due("state")
                    .ifPresent(repeated -> LOG.warnf(
                            "host state not sent yet reason=\"%s\" mesosAgentId=%s repeated=%d",
                            e.getMessage(), admitted.host(), repeated));
            notReady();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void notReady() {
        endPassing("not-ready", "the controller does not know the state of this host yet; try again later");
    }

    private synchronized void open(Place admitted, List<Delivery> state) {
        if (stage == Stage.ADMITTED) {
            stage = Stage.OPEN;
            opened = true;
            write(DeliveryMessage.sync(admitted.claim().epoch(), state));
        }
    }

    private boolean send(Delivery delivery) {
        return DeliveryMessage.of(delivery).map(this::write).orElse(true);
    }

    private boolean write(ControllerMessage message) {
        boolean sent = stage == Stage.OPEN && sendQueue.send(message);
        if (!sent) {
            tooSlow();
        }
        return sent;
    }

    private void tooSlow() {
        endPassing(
                "too-slow",
                "more than " + streamContext.config().longestQueue() + " messages wait, or one is too long");
    }

    /** Ends the stream with this fault as its last message. */
    synchronized void end(Fault fault) {
        if (stage == Stage.ENDED) {
            return;
        }
        // the key has no message, which may quote the peer and so differ in each line
        OptionalLong repeated = due((stage == Stage.OPEN ? "ended " : "refused ") + fault.code());
        stage = Stage.ENDED;
        repeated.ifPresent(times -> LOG.infof(
                "agent stream ended code=%s reason=\"%s\" mesosAgentId=%s address=%s repeated=%d",
                fault.code(), fault.message(), place == null ? "" : place.host(), socket.remoteAddress(), times));
        streamContext
                .meters()
                .counter("mesosiam.channel.faults", "code", fault.code())
                .increment();
        sendQueue.sendLast(fault);
        socket.close(POLICY_VIOLATION, fault.code());
        // an agent that does not read delays the close of the socket: leave now
        executor.add(this::streamEnded);
    }

    /**
     * Whether to log a line of this kind: one a minute for each certificate, since a refused agent retries every
     * second.
     */
    private OptionalLong due(String kind) {
        return streamContext
                .lines()
                .due(kind + " " + certificate, streamContext.clock().instant());
    }

    /**
     * Handles an unexpected failure. An open stream continues; a stream that has not opened is ended, since it would stay
     * silent.
     */
    private void failed(Throwable failure) {
        streamContext.failures().caught("agent stream", failure);
        if (!hasOpened()) {
            notReady();
        }
    }

    /** Called once or twice when the stream has ended, from either side. */
    private void streamEnded() {
        Place known;
        synchronized (this) {
            stage = Stage.ENDED;
            known = place;
        }
        try {
            if (known != null) {
                streamContext.streams().locked(known.host(), this::leave);
            }
        } finally {
            recorded.complete(null);
        }
    }

    private void leave() {
        // read while the host's lock is held, under which a late claim changes it
        Place known = place();
        if (known == null || !streamContext.streams().leave(known.host(), this)) {
            return;
        }
        if (hasOpened()) {
            due("disconnected")
                    .ifPresent(repeated -> LOG.infof(
                            "agent disconnected mesosAgentId=%s epoch=%d repeated=%d",
                            known.host(), known.claim().epoch(), repeated));
        }
        streamContext.events().disconnected(known.host(), known.claim().epoch());
        try {
            if (!known.claim().provisional()) {
                streamContext.table().release(known.host(), known.claim().epoch());
            }
        } catch (RuntimeException e) {
            due("not recorded")
                    .ifPresent(repeated -> LOG.warnf(
                            "end of a stream not recorded failure=\"%s\" mesosAgentId=%s reason=\"%s\" repeated=%d",
                            WriteFailure.of(e).text(), known.host(), PlainReason.of(e), repeated));
        }
    }
}
