package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.kernel.ActivatedSocket;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.metrics.MetricSource;
import io.mesosiam.agent.serve.http.AskRate;
import io.mesosiam.agent.serve.http.ConnectionTimes;
import io.mesosiam.agent.serve.http.Handling;
import io.mesosiam.agent.serve.http.Listener;
import io.mesosiam.agent.serve.http.ReceivedRequest;
import io.mesosiam.agent.serve.http.Response;
import io.mesosiam.agent.serve.http.StopTimes;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * The endpoint from which SDKs request credentials, with the APIs of ECS, EKS and EC2. A request states what it is for;
 * attestation identifies the caller.
 *
 * <p>Answers: 200 with the requested document; 403 at once for a refusal and for a caller that is no task; 503 for an
 * answer that may still arrive, after the request was held. {@link Failure} lists the others. All answers come from
 * memory.
 */
public final class CredentialEndpoint implements MetricSource, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CredentialEndpoint.class.getName());
    private static final int HELD_PER_OUTERMOST = 64;

    private final RequestRule rule;
    private final HeldRequests held;
    private final CredentialResponder responder;
    private final AskMetrics metrics = new AskMetrics();
    private final Function<CredentialApi, Duration> hold;
    private final Listener listener;

    /**
     * Binds the address. Nothing is answered before {@link #start}.
     *
     * @param handedOver the socket that systemd passed, if any
     */
    public CredentialEndpoint(
            EndpointSettings settings,
            Optional<ActivatedSocket> handedOver,
            ContainerAttestor attestor,
            CredentialSource source,
            LeaseRequester requester,
            InstantSource clock) {
        this(
                settings,
                handedOver,
                attestor,
                source,
                requester,
                clock,
                CredentialApi::hold,
                new Listener.Limits(ServerLimits.admitted(), settings.asksPerSecond(), ConnectionTimes.USUAL));
    }

    /**
     * Binds the address.
     *
     * @param hold how long a request waits, by service
     */
    CredentialEndpoint(
            EndpointSettings settings,
            Optional<ActivatedSocket> handedOver,
            ContainerAttestor attestor,
            CredentialSource source,
            LeaseRequester requester,
            InstantSource clock,
            Function<CredentialApi, Duration> hold,
            Listener.Limits limits) {
        try {
            this.listener = Listener.open(settings.listen(), handedOver, StopTimes.USUAL, limits, attestor);
        } catch (IOException e) {
            throw new UncheckedIOException("can't listen on " + settings.listen() + ": " + e.getMessage(), e);
        }
        this.rule = new RequestRule(
                new Routes(settings.credentialPaths(), settings.metadataPaths(), settings.requireAuthorization()));
        this.held = new HeldRequests(source, requester, HELD_PER_OUTERMOST);
        this.responder = new CredentialResponder(
                observed(attestor),
                held,
                new MetadataTokens(!settings.imdsV1(), clock, new SecureRandom()),
                new InstanceMetadata(
                        settings.metadataPaths(),
                        new MetadataService(settings.metadataService())::fetch,
                        System::nanoTime),
                new AskRate<>(settings.asksPerSecond(), System::nanoTime),
                metrics);
        this.hold = hold;
        listener.handle(this::handle);
    }

    public void start() {
        ServerLimits.log(LOG);
        listener.start();
        LOG.log(System.Logger.Level.INFO, "credential endpoint listens address={0}", address());
    }

    /** The address on which it listens. */
    public InetSocketAddress address() {
        return listener.address();
    }

    private Handling handle(ReceivedRequest request) {
        return switch (rule.read(request, request.protocol())) {
            case ParsedRequest.Valid parsed ->
                answer(request, new CallerRequest(request.caller(), parsed, request.arrivedNanos()));
            case ParsedRequest.Unreadable(Failure failure) ->
                new Handling.Done(reject(request, failure).response());
            case ParsedRequest.WrongMethod(String allowed) ->
                new Handling.Done(reject(request, Failure.METHOD_NOT_ALLOWED)
                        .with("Allow", allowed)
                        .response());
        };
    }

    private Handling answer(ReceivedRequest received, CallerRequest request) {
        try {
            return responder
                    .answerAtOnce(request)
                    .<Handling>map(reply -> new Handling.Done(answered(reply, request)))
                    .orElseGet(() -> waits(received.withoutHeaders(), request));
        } catch (RuntimeException e) {
            return new Handling.Done(defect(received, e));
        }
    }

    private Handling waits(ReceivedRequest received, CallerRequest request) {
        return new Handling.Waits(() -> await(received, request));
    }

    private Response await(ReceivedRequest received, CallerRequest request) {
        try {
            return answered(
                    responder.answer(request, hold.apply(request.parsed().api())), request);
        } catch (RuntimeException e) {
            return defect(received, e);
        }
    }

    private Response answered(Reply reply, CallerRequest request) {
        metrics.answered(request.parsed().api(), reply.outcome(), System.nanoTime() - request.arrivedNanos());
        return reply.response();
    }

    private Response defect(ReceivedRequest request, RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "request not answered", e);
        return reject(request, Failure.INTERNAL_ERROR).response();
    }

    /** Wraps the attestor so that a connection of a known container counts as that container's from then on. */
    private ContainerAttestor observed(ContainerAttestor attestor) {
        return new ContainerAttestor() {
            @Override
            public Attestation attest(Caller caller, Deadline deadline) {
                Attestation attestation = attestor.attest(caller, deadline);
                if (attestation instanceof Attestation.Attested attested) {
                    note(caller, attested);
                }
                return attestation;
            }

            @Override
            public CallerSource source(Caller caller) {
                return attestor.source(caller);
            }

            @Override
            public Optional<Attestation.Attested> attestAtOnce(Caller caller) {
                Optional<Attestation.Attested> attested = attestor.attestAtOnce(caller);
                attested.ifPresent(found -> note(caller, found));
                return attested;
            }

            private void note(Caller caller, Attestation.Attested attested) {
                listener.attested(caller, attested.container());
            }
        };
    }

    private Reply reject(ReceivedRequest request, Failure failure) {
        metrics.rejected(failure.code());
        responder.audit().rejected(request, failure.code());
        return Reply.failure(failure);
    }

    @Override
    public void expose(Exposition out) {
        metrics.expose(out);
        out.gauge("mesosiam_agent_asks_held", "Requests that wait for an answer that is not available yet.")
                .sample(held.count());
        listener.expose(out);
    }

    /** Stops as {@link Listener#close} does. */
    @Override
    public void close() {
        listener.close();
    }
}
