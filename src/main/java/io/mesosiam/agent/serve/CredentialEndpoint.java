package io.mesosiam.agent.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.ContainerAttestor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The endpoint that SDKs ask as their container credential provider. The request says nothing about who asks: the kernel
 * does.
 *
 * <p>200 with the credentials; 403 at once for a refusal and for a caller that is no task; 503 for what may still come, after
 * the ask was held; 404, 405 and 413 for what no SDK sends. Answers come from memory.
 */
public final class CredentialEndpoint implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CredentialEndpoint.class.getName());
    private static final int HELD_PER_CONTAINER = 32;
    private static final int BACKLOG = 1024;
    private static final Duration STOP = Duration.ofSeconds(1);

    static {
        ServerLimits.set();
    }

    private final RequestRule rule;
    private final Desk desk;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Binds the address; nothing is answered before {@link #start}. */
    public CredentialEndpoint(
            EndpointSettings settings, ContainerAttestor attestor, CredentialSource source, AskLine askLine) {
        this.rule = new RequestRule(settings.hosts(), settings.paths());
        this.desk = new Desk(attestor, source, askLine, new HeldAsks(HELD_PER_CONTAINER), settings.hold());
        try {
            this.server = HttpServer.create(settings.listen(), BACKLOG);
        } catch (IOException e) {
            threads.close();
            throw new UncheckedIOException("can't listen on " + settings.listen() + ": " + e.getMessage(), e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    public void start() {
        server.start();
        LOG.log(System.Logger.Level.INFO, "credential endpoint listens address={0}", address());
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Reply reply;
        try {
            reply = rule.refusal(exchange).orElseGet(() -> answer(exchange));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "could not answer an ask", e);
            reply = Reply.error(500, "InternalError", "the agent could not answer");
        }
        reply.send(exchange);
    }

    private Reply answer(HttpExchange exchange) {
        String name = rule.credentialName(exchange.getRequestURI()).orElseThrow();
        return desk.answer(new Caller(exchange.getRemoteAddress(), exchange.getLocalAddress()), name);
    }

    /** Stops listening, gives answers on their way a second, and ends what still waits. */
    @Override
    public void close() {
        server.stop((int) STOP.toSeconds());
        threads.shutdownNow();
    }
}
