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
import io.mesosiam.lease.WriteFailure;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.postgres.PlainReason;
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
 * One agent's stream: a hello that is admitted, then the state of the world, then what changes. What arrives is read one
 * message at a time on virtual threads; the socket is paused meanwhile, so that an agent can't pile work up here. What
 * leaves waits in a bounded queue; an agent that lets it overflow is cut off, and starts afresh when it comes again.
 *
 * <p>Whatever goes wrong ends this stream with a {@link Fault} that says why, and touches no other.
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

    /** Whether a frame has arrived: the agent has then said its hello in time, however long we take to admit it. */
    private volatile boolean heard;

    private final CompletableFuture<Void> recorded = new CompletableFuture<>();

    // guarded by this
    private Stage stage = Stage.EXPECTING_HELLO;
    private @Nullable Place place;
    private boolean opened;
    private @Nullable ClaimAttempt claiming;

    private enum Stage {
        EXPECTING_HELLO,
        /** Admitted; the state of the host is not sent yet. What is delivered before it is in it. */
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
                    if (!heard && expectsHello()) {
                        endForNow(
                                "hello-timeout",
                                "no hello within " + streamContext.config().helloTimeout());
                    }
                });
        socket.closeHandler(closed -> {
            context.owner().cancelTimer(timer);
            executor.add(this::left);
        });
    }

    /** Sends it after all that was sent before; false if the stream takes nothing more. */
    synchronized boolean deliver(Delivery delivery) {
        return switch (stage) {
            case EXPECTING_HELLO, ENDED -> false;
            case ADMITTED -> true;
            case OPEN -> tell(delivery);
        };
    }

    /** @param retryAfter how long the agent waits before it connects again */
    void supersede(Duration retryAfter) {
        end(new Fault(
                "superseded",
                "the host has a newer stream; if this repeats, two agents have one certificate",
                new Fault.Passing(retryAfter)));
    }

    /** Where the agent connects from. */
    String address() {
        return String.valueOf(socket.remoteAddress());
    }

    /** Ends the stream until an operator acts. */
    void end(String code, String message) {
        end(Fault.lasting(code, message));
    }

    /** Ends the stream; the agent connects again at once, to another controller first. */
    void endForNow(String code, String message) {
        end(Fault.passing(code, message));
    }

    /** Completes, never exceptionally, once the end of this stream is recorded or found not recordable. */
    CompletableFuture<Void> recorded() {
        return recorded;
    }

    void ping() {
        socket.writePing(Buffer.buffer());
    }

    /** Looks again at what was checked at hello, since a stream may outlive it. */
    void recheck(ClusterState cluster, Instant now) {
        if (!now.isBefore(certificate.notAfter())) {
            // the agent reads its files for each stream, so a renewed certificate is presented at once
            endForNow("certificate-expired", "the certificate expired at " + certificate.notAfter());
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

    /** A broken connection is closed next, which is heard of by itself; anything else was something in the stream. */
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
        heard = true;
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
                case Decoded.Known<AgentMessage>(AgentMessage message) -> follow(message);
                case Decoded.Unknown<AgentMessage>(String type) -> passOver(type);
            }
        } catch (MalformedFrameException e) {
            end("malformed", String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            // well-formed, but names what can't be: this message is lost, the stream isn't
            due("ignored")
                    .ifPresent(repeated -> LOG.warnf(
                            "agent message ignored reason=\"%s\" address=%s repeated=%d",
                            e.getMessage(), socket.remoteAddress(), repeated));
        }
    }

    private void follow(AgentMessage message) {
        Place known = place();
        if (message instanceof AgentMessage.Hello hello) {
            hello(hello);
        } else if (known == null) {
            end("hello-expected", "the first message on a stream is hello");
        } else {
            follow(known.host(), message);
        }
    }

    private void follow(MesosAgentId host, AgentMessage message) {
        switch (message) {
            case AgentMessage.Hello again -> throw new AssertionError("followed above");
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
                        .ifPresent(this::tooMuch);
        }
    }

    private HostBounds bounds() {
        return new HostBounds(streamContext.config().containersPerHost());
    }

    /** The same host would report as much again, so this is for an operator to resolve. */
    private void tooMuch(String excess) {
        end("host-limit", excess);
    }

    private void passOver(String type) {
        if (expectsHello()) {
            end("hello-expected", "the first message on a stream is hello, not " + type);
        } else {
            due("unknown type")
                    .ifPresent(repeated -> LOG.infof(
                            "agent message of an unknown type passed over type=\"%s\" address=%s repeated=%d",
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
            tooMuch(excess.get());
            return;
        }
        switch (streamContext.admission().admit(certificate, hello)) {
            case Admission.Verdict.Refused(Fault fault) -> end(fault);
            case Admission.Verdict.Admitted(MesosAgentId host, Claim claim, Optional<ClaimAttempt> late) -> {
                Place here = new Place(host, claim, hello.agentVersion());
                streamContext.streams().inTurn(host, () -> enter(here, hello));
                late.ifPresent(this::follow);
            }
        }
    }

    /** Claims the host of a provisional stream again, unless a claim of it is on its way. */
    void recheckClaim() {
        executor.add(this::claimAgain);
    }

    private void claimAgain() {
        Place known = place();
        if (known != null && known.claim().provisional() && !isClaiming()) {
            follow(streamContext.admission().claimAgain(known.host(), certificate, known.agentVersion()));
        }
    }

    private synchronized boolean isClaiming() {
        return claiming != null;
    }

    private void follow(ClaimAttempt attempt) {
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
                        .ifPresent(claim -> streamContext.streams().inTurn(known.host(), () -> claimed(known, claim)));
            case ClaimAttempt.Result.Failed failed ->
                streamContext.admission().notRecorded(certificate, known.host(), failed.failure(), failed.reason());
            case ClaimAttempt.Result.Late() -> throw new AssertionError("it has an answer");
        }
    }

    /** The host is this controller's: the stream goes on under the epoch that the database gave. */
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
            endForNow("claim-again", "another controller had the host since: say hello again");
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

    private void enter(Place here, AgentMessage.Hello hello) {
        synchronized (this) {
            if (stage != Stage.EXPECTING_HELLO) {
                return;
            }
            place = here;
            stage = Stage.ADMITTED;
        }
        if (!streamContext.streams().enter(here.host(), this)) {
            return;
        }
        try {
            streamContext
                    .events()
                    .connected(
                            here.host(),
                            here.claim().epoch(),
                            reports.held(hello.held()),
                            reports.containers(hello.containers()),
                            state -> open(here, state));
            due("connected")
                    .ifPresent(repeated -> LOG.infof(
                            "agent connected mesosAgentId=%s epoch=%d provisional=%b agentVersion=%s repeated=%d",
                            here.host(),
                            here.claim().epoch(),
                            here.claim().provisional(),
                            hello.agentVersion(),
                            repeated));
        } catch (IllegalStateException e) {
            due("state")
                    .ifPresent(repeated -> LOG.warnf(
                            "host state not sent yet reason=\"%s\" mesosAgentId=%s repeated=%d",
                            e.getMessage(), here.host(), repeated));
            notReady();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void notReady() {
        endForNow("not-ready", "the controller can't tell the state of this host yet; try again later");
    }

    private synchronized void open(Place here, List<Delivery> state) {
        if (stage == Stage.ADMITTED) {
            stage = Stage.OPEN;
            opened = true;
            say(DeliveryMessage.sync(here.claim().epoch(), state));
        }
    }

    private boolean tell(Delivery delivery) {
        return DeliveryMessage.of(delivery).map(this::say).orElse(true);
    }

    private boolean say(ControllerMessage message) {
        boolean said = stage == Stage.OPEN && sendQueue.send(message);
        if (!said) {
            tooSlow();
        }
        return said;
    }

    private void tooSlow() {
        endForNow(
                "too-slow",
                "more than " + streamContext.config().longestQueue() + " messages wait, or one is too long");
    }

    /** Ends the stream with that fault, the last message on it. */
    synchronized void end(Fault fault) {
        if (stage == Stage.ENDED) {
            return;
        }
        // not the message, which may quote the peer: it could make each line another one
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
        // an agent that doesn't read won't let the socket close for a while, and is gone all the same
        executor.add(this::left);
    }

    /** An agent that is refused comes again every second: one line of a kind is logged a minute, for each certificate. */
    private OptionalLong due(String kind) {
        return streamContext
                .lines()
                .due(kind + " " + certificate, streamContext.clock().instant());
    }

    /** Something that no code expects. The stream goes on if it had opened; else nothing more would ever come on it. */
    private void failed(Throwable failure) {
        streamContext.failures().caught("agent stream", failure);
        if (!hasOpened()) {
            notReady();
        }
    }

    /** The stream has ended, by whichever end; heard of once or twice. */
    private void left() {
        Place known;
        synchronized (this) {
            stage = Stage.ENDED;
            known = place;
        }
        try {
            if (known != null) {
                streamContext.streams().inTurn(known.host(), this::leave);
            }
        } finally {
            recorded.complete(null);
        }
    }

    private void leave() {
        // read in the host's turn, in which a late claim changes it
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
                            WriteFailure.of(e).words(), known.host(), PlainReason.of(e), repeated));
        }
    }
}
