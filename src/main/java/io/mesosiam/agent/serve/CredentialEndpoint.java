package io.mesosiam.agent.serve;

import com.sun.net.httpserver.HttpExchange;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.kernel.HandedOverSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * The endpoint that SDKs ask for credentials, as ECS, EKS and EC2 have it. A request says what is asked for, and nothing about
 * who asks: the kernel does.
 *
 * <p>200 with what was asked for; 403 at once for a refusal and for a caller that is no task; 503 for what may still come, after
 * the ask was held. {@link Failure} lists the rest. Answers come from memory.
 */
public final class CredentialEndpoint implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CredentialEndpoint.class.getName());
    private static final int HELD_PER_CONTAINER = 32;

    private final RequestRule rule;
    private final Desk desk;
    private final Function<Surface, Duration> hold;
    private final Listener listener;

    /**
     * Takes the address; nothing is answered before {@link #start}.
     *
     * @param handedOver the socket to listen on, if there is one already
     */
    public CredentialEndpoint(
            EndpointSettings settings,
            Optional<HandedOverSocket> handedOver,
            ContainerAttestor attestor,
            CredentialSource source,
            AskLine askLine,
            InstantSource clock) {
        this(settings, handedOver, attestor, source, askLine, clock, Surface::hold);
    }

    /** @param hold how long an ask waits at each surface */
    CredentialEndpoint(
            EndpointSettings settings,
            Optional<HandedOverSocket> handedOver,
            ContainerAttestor attestor,
            CredentialSource source,
            AskLine askLine,
            InstantSource clock,
            Function<Surface, Duration> hold) {
        this.rule = new RequestRule(new Routes(settings.credentialPaths(), settings.metadataPaths()));
        this.desk = new Desk(
                attestor,
                new HeldAsks(source, askLine, HELD_PER_CONTAINER),
                new MetadataTokens(!settings.imdsV1(), clock, new SecureRandom()),
                new InstanceMetadata(
                        settings.metadataPaths(), new MetadataService(settings.metadataService())::fetch, clock),
                new AskRate(settings.asksPerSecond(), System::nanoTime));
        this.hold = hold;
        try {
            this.listener = Listener.open(settings.listen(), handedOver, Listener.QUIET);
        } catch (IOException e) {
            throw new UncheckedIOException("can't listen on " + settings.listen() + ": " + e.getMessage(), e);
        }
        listener.handle("/", this::handle);
    }

    public void start() {
        listener.start();
        LOG.log(System.Logger.Level.INFO, "credential endpoint listens address={0}", address());
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return listener.address();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Reply reply;
        try {
            reply = reply(exchange);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "could not answer an ask", e);
            reply = Reply.failure(Failure.INTERNAL_ERROR);
        }
        reply.send(exchange);
    }

    private Reply reply(HttpExchange exchange) {
        return switch (rule.read(exchange, exchange.getProtocol())) {
            case Reading.Asked asked ->
                desk.answer(
                        new Caller(exchange.getRemoteAddress(), exchange.getLocalAddress()),
                        asked,
                        hold.apply(asked.surface()));
            case Reading.Unreadable(Failure failure) -> Reply.failure(failure);
            case Reading.WrongMethod(String allowed) ->
                Reply.failure(Failure.METHOD_NOT_ALLOWED).with("Allow", allowed);
        };
    }

    /** Accepts no more, gives answers on their way a second, and ends what still waits. */
    @Override
    public void close() {
        listener.close();
    }
}
