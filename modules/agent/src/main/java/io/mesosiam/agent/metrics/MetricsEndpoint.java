package io.mesosiam.agent.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Answers {@code GET /metrics} and nothing else. Everyone who reaches it may read it, so it has no ids and no key
 * material.
 *
 * <p>Any process in the host's network namespace can take its port while the agent is down. The agent serves credentials
 * all the same, and has no metrics until it gets the port.
 */
public final class MetricsEndpoint implements AutoCloseable {
    /** The pause between two calls of {@link #open}. */
    public static final Duration OPENED_EVERY = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(MetricsEndpoint.class.getName());
    private static final String PATH = "/metrics";
    private static final int BACKLOG = 16;

    /** The limits of the JDK's server, which reads them as system properties, once: connections, and seconds. */
    private static final Map<String, String> LIMITS = Map.of(
            "jdk.httpserver.maxConnections",
            "64",
            "sun.net.httpserver.nodelay",
            "true",
            "sun.net.httpserver.maxReqTime",
            "5",
            "sun.net.httpserver.maxRspTime",
            "10",
            "sun.net.httpserver.maxReqHeaders",
            "64",
            "sun.net.httpserver.maxReqHeaderSize",
            "16384");

    static {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    private final InetSocketAddress listen;
    private final List<MetricSource> sources;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Made once, and bound later: the JDK's server doesn't close its socket if the address can't be bound, so that each
     * further one would keep a descriptor.
     */
    @GuardedBy("this")
    private @Nullable HttpServer server;

    @GuardedBy("this")
    private boolean bound;

    @GuardedBy("this")
    private boolean failed;

    @GuardedBy("this")
    private boolean closed;

    /** Binds no address yet. */
    public MetricsEndpoint(InetSocketAddress listen, List<MetricSource> sources) {
        this.listen = listen;
        this.sources = List.copyOf(sources);
    }

    /**
     * Binds the address, if it is not bound, and answers from then on. If that fails, the first failure is logged, and a
     * later call tries again.
     */
    public synchronized void open() {
        if (bound || closed) {
            return;
        }
        try {
            HttpServer own = server == null ? unbound() : server;
            server = own;
            own.bind(listen, BACKLOG);
            bound = true;
            own.start();
            LOG.log(Level.INFO, "metrics listener address={0}", own.getAddress());
        } catch (IOException e) {
            if (!failed) {
                LOG.log(
                        Level.WARNING,
                        "metrics listener not opened, the agent runs without metrics until its port is free address={0} reason={1}",
                        listen,
                        e.getMessage());
            }
            failed = true;
        }
    }

    private HttpServer unbound() throws IOException {
        HttpServer made = HttpServer.create();
        made.setExecutor(threads);
        made.createContext("/", this::handle);
        return made;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getRawPath().equals(PATH)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
            } else {
                byte[] text = text().getBytes(UTF_8);
                exchange.getResponseHeaders().set("Content-Type", Exposition.CONTENT_TYPE);
                exchange.sendResponseHeaders(200, text.length);
                exchange.getResponseBody().write(text);
            }
        }
    }

    private String text() {
        Exposition exposition = new Exposition();
        sources.forEach(source -> source.expose(exposition));
        return exposition.toString();
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }
}
