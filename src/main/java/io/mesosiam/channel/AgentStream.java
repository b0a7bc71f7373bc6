package io.mesosiam.channel;

import io.mesosiam.channel.Stage.AdmittedHost;
import io.mesosiam.channel.wire.AgentMessage;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.HostStream;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.Claim;
import io.mesosiam.ownership.ClaimAttempt;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * The stream of one agent: enters its host when the hello is admitted, follows the claim on the host, and leaves the
 * host when it ends. Work that may wait for Postgres runs on the stream's own tasks, one at a time and in order.
 *
 * <p>A failure ends only this stream, with a {@link Fault} that states the reason.
 */
final class AgentStream {
    private static final Logger LOG = Logger.getLogger(AgentStream.class);

    private final StreamContext streamContext;
    private final ServerWebSocket socket;
    private final CertificateNames certificate;
    private final HostPace pace;
    private final Instant opened;
    private final StreamLines lines;
    private final BoundedReports reports;
    private final StreamLifecycle lifecycle;
    private final CertificateRenewal renewal;
    private final SerialExecutor executor = new SerialExecutor(this::failed);
    private final StreamClaims claims;
    private final CompletableFuture<Void> recorded = new CompletableFuture<>();

    /** @param pace of the host that the certificate names */
    AgentStream(StreamContext streamContext, ServerWebSocket socket, CertificateNames certificate, HostPace pace) {
        this.streamContext = streamContext;
        this.socket = socket;
        this.certificate = certificate;
        this.pace = pace;
        this.opened = streamContext.clock().instant();
        this.lines = new StreamLines(streamContext.lines(), streamContext.clock(), certificate);
        this.reports = new BoundedReports(streamContext, lines);
        this.lifecycle = new StreamLifecycle(streamContext, socket, lines);
        this.renewal = new CertificateRenewal(
                streamContext.certificates(),
                certificate,
                lifecycle,
                String.valueOf(socket.remoteAddress().hostAddress()));
        this.claims = new StreamClaims(streamContext, this, certificate, lifecycle, lines);
        var unused = lifecycle.ended().thenRun(() -> add(this::leaveHost));
    }

    /** Runs a task after the earlier ones of this stream. It may block. */
    void add(Runnable task) {
        executor.add(task);
    }

    Stage stage() {
        return lifecycle.stage();
    }

    StreamLines lines() {
        return lines;
    }

    /** The stream for operators; empty unless the agent is served. */
    Optional<ConnectedAgent> connected() {
        return stage() instanceof Stage.Serving(AdmittedHost host)
                ? Optional.of(new ConnectedAgent(
                        host.agentVersion(), address(), opened, certificate.notAfter(), reports.exposure()))
                : Optional.empty();
    }

    /** The remote address of the agent. */
    String address() {
        return String.valueOf(socket.remoteAddress());
    }

    /** Epoch of the claim on the host; 0 if the agent is not admitted. */
    long epoch() {
        return stage().admitted().map(host -> host.claim().epoch()).orElse(0L);
    }

    void ping() {
        socket.writePing(Buffer.buffer());
    }

    /** Sends a delivery after all earlier ones; returns false if the stream can take no more. */
    boolean deliver(Delivery delivery) {
        return lifecycle.deliver(delivery);
    }

    /** Sends a message after all earlier ones, if the agent is served. */
    void send(ControllerMessage message) {
        lifecycle.send(message);
    }

    /** Ends the stream with this fault as its last message. */
    void end(Fault fault) {
        lifecycle.end(fault);
    }

    /** @param retryAfter how long the agent waits before it connects again */
    void supersede(Duration retryAfter) {
        end(new Fault(
                "superseded",
                "the host has a newer stream; if this repeats, two agents have one certificate",
                new Fault.Passing(retryAfter)));
    }

    /** Ends the stream, after its earlier tasks, because the agent has closed it. */
    void closed() {
        add(lifecycle::closed);
    }

    /** Completes, never exceptionally, when the end of this stream is recorded or cannot be recorded. */
    CompletableFuture<Void> recorded() {
        return recorded;
    }

    /** Repeats the checks of the hello, since the stream may outlive their results. */
    void recheck(ClusterState cluster, Instant now) {
        certificate.expiry(now).ifPresent(this::end);
        recheckEviction();
        Optional<AdmittedHost> host = stage().admitted();
        if (host.isPresent()
                && MesosHostCheck.check(certificate, host.get().id(), cluster)
                        instanceof MesosHostCheck.Finding.Other other) {
            end(streamContext
                    .admission()
                    .mismatch(certificate, host.get().id(), other)
                    .fault());
        }
    }

    /** Ends the stream if its certificate or its host is evicted. */
    void recheckEviction() {
        streamContext.admission().eviction(certificate, host()).ifPresent(fault -> {
            if (fault.equals(Admission.EVICTED)) {
                lifecycle.endEmpty(fault);
            } else {
                end(fault);
            }
        });
    }

    /** The host of the stream; empty if the agent is not admitted. */
    Optional<MesosAgentId> host() {
        return stage().admitted().map(AdmittedHost::id);
    }

    /** The names in the certificate of the stream. */
    Set<String> names() {
        return certificate.texts();
    }

    /** Admits or refuses the agent. May wait for Postgres. */
    void hello(Hello hello) {
        if (!(stage() instanceof Stage.Connected)) {
            end(Fault.lasting("hello-twice", "a stream has one hello"));
            return;
        }
        Optional<Fault> excess = reports.excess(hello);
        if (excess.isPresent()) {
            streamContext.refuse(this, hello, excess.get());
            return;
        }
        try {
            admit(hello);
        } finally {
            claims.endIfSettled();
        }
    }

    private void admit(Hello hello) {
        switch (streamContext.admission().admit(certificate, hello, claims::begin, this::isOpen)) {
            case Admission.Verdict.Refused(Fault fault, Optional<ClaimAttempt> late) -> {
                streamContext.refuse(this, hello, fault);
                late.ifPresent(claims::follow);
            }
            case Admission.Verdict.Left() -> {
                // its end is the next task of this stream
            }
            case Admission.Verdict.Admitted(MesosAgentId host, Claim claim, Optional<ClaimAttempt> late) -> {
                late.ifPresent(claims::follow);
                AdmittedHost admitted = new AdmittedHost(host, claim, hello.agentVersion(), hello.servedUnder());
                streamContext.streams().locked(host, () -> enterHost(admitted, hello));
            }
        }
    }

    private void enterHost(AdmittedHost host, Hello hello) {
        if (!lifecycle.admit(host)
                || !streamContext.streams().enter(host.id(), this)
                || streamContext.ends(this, certificate)) {
            claims.notEntered(host);
            return;
        }
        try {
            reports.connected(host, hello, new Waiting(host.claim()));
            if (!stage().served()) {
                claims.notEntered(host);
                return;
            }
            streamContext.moveIfAllDo(this);
            streamContext.versions().seen(host.agentVersion());
            lines.due("connected")
                    .ifPresent(repeated -> LOG.infof(
                            "agent connected mesosAgentId=%s epoch=%d provisional=%b agentVersion=%s repeated=%d",
                            host.id(),
                            host.claim().epoch(),
                            host.claim().provisional(),
                            host.agentVersion(),
                            repeated));
        } catch (IllegalStateException e) {
            lines.due("state")
                    .ifPresent(repeated -> LOG.warnf(
                            "host state not sent yet reason=\"%s\" mesosAgentId=%s repeated=%d",
                            e.getMessage(), host.id(), repeated));
            claims.notEntered(host);
            notReady();
        } catch (RuntimeException e) {
            claims.notEntered(host);
            failed(e);
        }
    }

    /** This stream while it waits for the state of its host. */
    private final class Waiting implements HostStream {
        private final Claim claim;

        Waiting(Claim claim) {
            this.claim = claim;
        }

        @Override
        public void open(List<Delivery> state) {
            // the last moment before the host's leases are sent
            recheckEviction();
            lifecycle.open(claim.epoch(), state);
        }

        @Override
        public boolean isOpen() {
            return AgentStream.this.isOpen();
        }
    }

    /** Whether the stream has not ended, as far as is known. */
    boolean isOpen() {
        // that the agent has closed it becomes the stage after the hello alone
        return !(stage() instanceof Stage.Ended || socket.isClosed());
    }

    /** Passes a message after the hello on. */
    void reported(AgentMessage message) {
        Optional<AdmittedHost> host = stage().admitted();
        if (host.isEmpty()) {
            end(Fault.lasting("hello-expected", "the first message on a stream is hello"));
        } else if (message instanceof AgentMessage.CertificateRequest(String csr)) {
            if (pace.takeRenewal(streamContext.clock().instant())) {
                renewal.request(csr);
            }
        } else {
            reports.received(host.get().id(), message).ifPresent(this::end);
        }
    }

    /** How long to wait before the next message is read, after one of this length in characters. */
    Duration pause(int length) {
        return pace.take(length, System.nanoTime());
    }

    /** Claims the host of a provisional stream again, unless a claim is in flight. */
    void recheckClaim() {
        add(claims::again);
    }

    private void notReady() {
        end(Fault.passing("not-ready", "the controller does not know the state of this host yet; try again later"));
    }

    /**
     * Handles an unexpected failure. A stream that serves continues; a stream that does not serve yet is ended, since it
     * would stay silent.
     */
    private void failed(Throwable failure) {
        streamContext.failures().caught("agent stream", failure);
        if (!stage().served()) {
            notReady();
        }
    }

    /** Called once, when the stream has ended. */
    private void leaveHost() {
        try {
            stage().admitted().map(Stage.AdmittedHost::id).ifPresent(host -> {
                streamContext.streams().locked(host, () -> leave(host));
                // read after the lock, under which a late claim changes it
                Claim claim = stage().admitted().orElseThrow().claim();
                if (!claim.provisional()) {
                    claims.release(host, claim.epoch());
                }
            });
        } finally {
            claims.endIfSettled();
            recorded.complete(null);
        }
    }

    private void leave(MesosAgentId id) {
        if (!streamContext.streams().leave(id, this)) {
            return;
        }
        Stage ended = stage();
        // read while the host's lock is held, under which a late claim changes it
        Claim claim = ended.admitted().orElseThrow().claim();
        if (ended.served()) {
            lines.due("disconnected")
                    .ifPresent(repeated -> LOG.infof(
                            "agent disconnected mesosAgentId=%s epoch=%d repeated=%d", id, claim.epoch(), repeated));
        }
        streamContext.events().disconnected(id, claim.epoch());
    }
}
