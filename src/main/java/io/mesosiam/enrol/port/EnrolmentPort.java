package io.mesosiam.enrol.port;

import io.mesosiam.channel.AgentChannel;
import io.mesosiam.channel.handshake.Handshakes;
import io.mesosiam.enrol.EnrolConfig;
import io.mesosiam.enrol.Enrolment;
import io.mesosiam.enrol.EnrolmentRecord;
import io.mesosiam.enrol.HostAuthorities;
import io.mesosiam.loop.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The listener for hosts that have no certificate yet: TLS 1.3 with the certificate of the agents' port, and no client
 * certificate. It opens when there is an authority that can sign, unless a setting says otherwise.
 */
@Singleton
public final class EnrolmentPort implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EnrolmentPort.class);

    /** A host asks once: far fewer handshakes than on the agents' port. */
    private static final Handshakes.Limits LIMITS = new Handshakes.Limits(32, 8, 512);

    private static final Duration HANDSHAKE = Duration.ofSeconds(5);
    private static final Duration STALL_CHECK = Duration.ofMillis(100);
    private static final Duration OPENS_WITHIN = Duration.ofSeconds(5);
    private static final int LONGEST_LINE = 256;
    private static final int LONGEST_HEADERS = 4096;

    private final EnrolConfig config;
    private final Vertx vertx;
    private final AgentChannel channel;
    private final HostAuthorities authorities;
    private final Handshakes handshakes;
    private final OpenConnections connections;
    private final EnrolmentAnswers answers;
    private final ExecutorService readers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("enrolment-", 0).factory());
    private final Loop loop = new Loop("enrolment-port");
    private volatile boolean closed;
    private volatile @Nullable HttpServer server;
    private volatile @Nullable Thread opener;
    private volatile long stalls = -1;

    @Inject
    public EnrolmentPort(
            EnrolConfig config,
            Vertx vertx,
            AgentChannel channel,
            HostAuthorities authorities,
            Enrolment enrolment,
            EnrolmentRecord record,
            InstantSource clock,
            MeterRegistry meters) {
        this.config = config;
        this.vertx = vertx;
        this.channel = channel;
        this.authorities = authorities;
        this.handshakes = new Handshakes("enrol", LIMITS, clock, meters);
        this.connections = new OpenConnections(vertx);
        this.answers = new EnrolmentAnswers(
                enrolment,
                record,
                authorities,
                new RequestBudget(config.requestsPerMinute(), config.requestsPerSecond()),
                readers);
    }

    /**
     * Opens the port if it is to be open, and otherwise as soon as there is an authority.
     *
     * @throws IllegalStateException if the port is taken
     */
    public void start() {
        if (!config.enabled().orElse(true)) {
            return;
        }
        if (isWanted()) {
            open();
        } else {
            opener = Thread.ofVirtual()
                    .name("enrolment-port")
                    .start(() -> loop.run(() -> !closed && server == null, () -> {
                        Thread.sleep(OPENS_WITHIN);
                        if (isWanted()) {
                            open();
                        }
                    }));
        }
    }

    /** The loop that opens the port, for metrics and readiness. */
    public Loop loop() {
        return loop;
    }

    /** The port; empty while it is not open. */
    public Optional<Integer> port() {
        return Optional.ofNullable(server).map(HttpServer::actualPort);
    }

    private boolean isWanted() {
        return config.enabled().orElse(false) || authorities.canSign();
    }

    private void open() {
        HttpServer opening = vertx.createHttpServer(options())
                .connectionHandler(connections::opened)
                .requestHandler(request -> answers.answer(request, vertx.getOrCreateContext()));
        try {
            server = opening.listen(config.port(), config.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "Enrolment port " + config.host() + ":" + config.port() + " can't be opened: " + e.getCause(), e);
        }
        stalls = vertx.setPeriodic(STALL_CHECK.toMillis(), _ -> handshakes.endStalled());
        LOG.infof("enrolment port open address=%s:%d", config.host(), opening.actualPort());
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setHttp2ClearTextEnabled(false);
        options.setSsl(true)
                .setSslEngineOptions(handshakes.engineOptions())
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.NONE)
                .setKeyCertOptions(channel.shareCertificates(handshakes))
                .setSslHandshakeTimeout(HANDSHAKE.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        return options;
    }

    @Override
    public void close() {
        closed = true;
        Thread opening = opener;
        if (opening != null) {
            opening.interrupt();
        }
        HttpServer open = server;
        if (open != null) {
            boolean unused = vertx.cancelTimer(stalls);
            var _ = open.close().toCompletionStage().toCompletableFuture().join();
        }
        readers.shutdownNow();
        handshakes.close();
    }
}
