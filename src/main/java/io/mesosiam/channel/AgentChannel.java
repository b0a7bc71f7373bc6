package io.mesosiam.channel;

import io.mesosiam.channel.handshake.Handshakes;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.channel.wire.ControllerMessage.TryRoles;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.enrol.HostCertificates;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.LeaseDelivery;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.loop.Loop;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.AgentTable;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.ownership.NewestHosts;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The listener for agents: TLS 1.3 with a client certificate of the agents' CA, and one path. Deliveries go to the
 * newest stream of their host.
 */
@Singleton
public final class AgentChannel implements LeaseDelivery, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AgentChannel.class);

    /** Event loops that the streams share, so that a reconnecting fleet is spread over several cores. */
    private static final int MAX_LISTENERS = 4;

    /** The longest time that {@link #moveAway} takes. */
    public static final Duration LONGEST_STOP = Departures.LONGEST_STOP;

    private static final Duration STALL_CHECK = Duration.ofMillis(100);

    /** The fault that ends streams when the controller stops: agents connect to another controller. */
    static final Fault STOPPING = Fault.passing("stopping", "the controller is stopping");

    /** The fault that ends and refuses streams while the controller is drained. Agents treat it as the one above. */
    static final Fault DRAINED =
            Fault.passing("stopping", "the controller is drained for maintenance: another controller serves this host");

    private static final Fault CLAIMED_BY_ANOTHER =
            Fault.passing("claim-again", "another controller claimed the host; send hello again");

    private static final Fault CONNECT_AGAIN =
            Fault.passing("hello-again", "tasks of held sessions are known now; send hello again");

    private final ChannelConfig config;
    private final Vertx vertx;
    private final AgentTable table;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final AgentStreams streams;
    private final StreamEnds ends;
    /** By the names in the certificate. */
    private final Map<Set<String>, HostPace> paces = NewestHosts.map();

    private final LastFaults faults;
    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));
    private final ChannelFailures failures;
    private final AgentVersions versions;
    private final AgentConnections connections;
    private final Handshakes handshakes;
    private final HostCertificates hosts;
    private final PortCertificates certificates;
    private final Departures departures;
    private volatile @Nullable Running running;

    private record Running(List<HttpServer> servers, Admission admission, List<Long> timers) {}

    @Inject
    public AgentChannel(
            ChannelConfig config,
            Vertx vertx,
            Pool pool,
            InstantSource clock,
            MeterRegistry meters,
            TlsConfigurationRegistry registry,
            HostCertificates hosts) {
        this(config, vertx, pool, clock, meters, Handshakes.LIMITS, PortCertificates.registered(registry), hosts);
    }

    AgentChannel(
            ChannelConfig config,
            Vertx vertx,
            Pool pool,
            InstantSource clock,
            MeterRegistry meters,
            Handshakes.Limits limits,
            TlsConfiguration tls,
            HostCertificates hosts) {
        this.hosts = hosts;
        this.config = config;
        this.vertx = vertx;
        this.table = new AgentTable(pool, ControllerId.of(config.controllerId()), config.claimTimeout());
        this.clock = clock;
        this.meters = meters;
        this.failures = new ChannelFailures(lines, clock, meters);
        this.streams = new AgentStreams(clock, lines);
        this.ends = new StreamEnds(table, streams::isServed);
        this.departures = new Departures(streams, failures);
        this.faults = new LastFaults(clock);
        this.connections = new AgentConnections(vertx, config, lines, clock);
        this.handshakes = new Handshakes("channel", limits, clock, meters);
        this.certificates = new PortCertificates(
                tls, CertificateFiles.of(config), new TrustedRoots(hosts::roots), handshakes, vertx, clock);
        this.versions = new AgentVersions(streams, meters);
        ChannelMetrics.register(meters, streams, certificates);
    }

    /**
     * Starts to listen; returns when the port is open.
     *
     * @param cluster the newest state of the cluster
     * @param events receives what agents report
     * @throws IllegalStateException if the port's key is not that of its certificate, or the port is taken
     */
    public void start(Supplier<ClusterState> cluster, HostEvents events) {
        ends.recordFormer()
                .ifPresent(failed -> LOG.warnf(
                        "ends of former streams not recorded failure=\"%s\" reason=\"%s\"",
                        failed.failure().text(), failed.reason()));
        Admission admission = new Admission(cluster, table, hosts, lines, clock);
        StreamContext streamContext = new StreamContext(
                config, admission, streams, ends, events, hosts, faults, lines, failures, versions, clock, meters);
        handshakes.awaited(events::isAwaited);
        HttpServerOptions options = ChannelTls.serverOptions(config, handshakes, certificates.first());
        AdmissionCheck check = new AdmissionCheck(cluster, admission);
        List<HttpServer> servers = Stream.generate(() -> listen(streamContext, check, options))
                .limit(Math.min(MAX_LISTENERS, Runtime.getRuntime().availableProcessors()))
                .toList();
        long pings = vertx.setPeriodic(config.pingInterval().toMillis(), tick -> {
            streams.all().forEach(stream -> failures.guard("ping", stream::ping));
            Thread unused = Thread.ofVirtual()
                    .name("agent-streams")
                    .start(() -> failures.guard("recheck", () -> recheck(cluster.get())));
        });
        long stalls = vertx.setPeriodic(STALL_CHECK.toMillis(), tick -> handshakes.endStalled());
        certificates.follow();
        running = new Running(servers, admission, List.of(pings, stalls));
        LOG.infof("agents port open address=%s:%d", config.host(), port());
    }

    /** The port that agents connect to. */
    public int port() {
        Running now = running;
        return now == null ? config.port() : now.servers().getFirst().actualPort();
    }

    /** The stream of a host's agent; empty unless it is served here. */
    public Optional<ConnectedAgent> connected(MesosAgentId host) {
        return streams.of(host).flatMap(AgentStream::connected);
    }

    /** The hosts whose agents are admitted here, also those that wait until they are served. */
    public Set<MesosAgentId> hosts() {
        return streams.all().stream().flatMap(stream -> stream.host().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** The streams of all agents that are served here. */
    public Map<MesosAgentId, ConnectedAgent> connected() {
        Map<MesosAgentId, ConnectedAgent> agents = new HashMap<>();
        for (AgentStream stream : streams.all()) {
            stream.stage().admitted().ifPresent(host -> stream.connected()
                    .ifPresent(agent -> agents.put(host.id(), agent)));
        }
        return agents;
    }

    /** Instructs the agent of a host to try roles, if it is served here. */
    public void tryRoles(MesosAgentId host, TryRoles request) {
        streams.of(host).ifPresent(stream -> stream.send(request));
    }

    /** The names in the certificates of the hosts that have a stream here. */
    public Set<String> connectedNames() {
        return streams.all().stream().flatMap(stream -> stream.names().stream()).collect(Collectors.toSet());
    }

    /** Ends the streams of hosts that are evicted now. */
    public void evictionsChanged() {
        streams.all().forEach(stream -> failures.guard("eviction", stream::recheckEviction));
    }

    /**
     * Lets another port have the certificate of this one, also after it is renewed.
     *
     * @param other the handshakes of that port
     * @return options for that port's server
     */
    public KeyCertOptions shareCertificates(Handshakes other) {
        return certificates.share(other);
    }

    /** The port's own certificate. */
    public X509Certificate certificate() {
        return certificates.own();
    }

    /** The last fault of each host. */
    public LastFaults faults() {
        return faults;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    AgentConnections connections() {
        return connections;
    }

    PortCertificates certificates() {
        return certificates;
    }

    /** Why the port does not use its certificate files as they are now; empty while it uses them. */
    public Optional<String> certificateTrouble() {
        return certificates.trouble();
    }

    /** The loop that reloads the certificate files, for metrics and readiness. */
    public Loop certificateLoop() {
        return certificates.loop();
    }

    @Override
    public boolean deliver(MesosAgentId host, Delivery delivery) {
        return streams.of(host).map(stream -> stream.deliver(delivery)).orElse(false);
    }

    /** Stops admitting agents: their hello is answered with a passing fault. Open streams continue. */
    public void admitNoMore() {
        Running now = running;
        if (now != null) {
            now.admission().close();
        }
    }

    @Override
    public void claimedByAnother(MesosAgentId host, long epoch) {
        end(host, epoch, CLAIMED_BY_ANOTHER);
    }

    @Override
    public void connectAgain(MesosAgentId host, long epoch) {
        end(host, epoch, CONNECT_AGAIN);
    }

    private void end(MesosAgentId host, long epoch, Fault fault) {
        streams.of(host).filter(stream -> stream.epoch() == epoch).ifPresent(stream -> stream.end(fault));
    }

    /**
     * Asks all agents to move to other controllers before a stop, and waits for that at most {@link #LONGEST_STOP}: see {@link
     * Departures#moveAway}.
     */
    public void moveAway() {
        if (running != null) {
            departures.moveAway();
        }
    }

    /**
     * Sends all agents away, and answers every hello with a passing fault until {@link #endDrain}: see
     * {@link Departures#drain}.
     *
     * @param elsewhere whether another controller admits agents: then they are asked to move before
     * @return number of the streams that end
     */
    public int drain(boolean elsewhere) {
        Running now = running;
        return now == null ? 0 : departures.drain(now.admission(), elsewhere);
    }

    /** Admits agents again. Those that prefer this controller come back within minutes. */
    public void endDrain() {
        Running now = running;
        if (now != null) {
            now.admission().drain(false);
        }
    }

    /**
     * Ends all streams with a passing fault and closes the port. Agents continue to serve and connect to another
     * controller. Returns as {@link AgentStreams#endAll} does.
     */
    @Override
    public void close() {
        Running stopping = running;
        running = null;
        if (stopping != null) {
            stopping.admission().close();
            stopping.timers().forEach(vertx::cancelTimer);
            certificates.close();
            int unused = streams.endAll(STOPPING);
            stopping.servers().forEach(server -> await(server.close(), "Agents' port can't be closed"));
            handshakes.close();
        }
    }

    /**
     * Checks that every stream would still be admitted, claims the hosts of provisional streams again, and records ends of
     * streams that the database has not taken.
     */
    void recheck(ClusterState cluster) {
        // a failure in one stream does not stop the check of the others
        for (AgentStream stream : streams.all()) {
            failures.guard("recheck", () -> stream.recheck(cluster, clock.instant()));
            stream.recheckClaim();
        }
        ends.again();
    }

    private HttpServer listen(StreamContext streamContext, AdmissionCheck check, HttpServerOptions options) {
        // Vert.x: 0 is a different port for each listener, -1 one port for all
        int port = config.port() == 0 ? -1 : config.port();
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(connections::opened)
                .requestHandler(request -> accept(streamContext, check, request));
        return await(
                server.listen(port, config.host()), "Agents' port " + config.host() + ":" + port + " can't be opened");
    }

    private void accept(StreamContext streamContext, AdmissionCheck check, HttpServerRequest request) {
        Optional<CertificateNames> certificate = connections.requested(request.connection());
        if (!Protocol.PATH.equals(request.path()) || !"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            refuse(request, 404);
        } else if (certificate.isEmpty() || !pace(certificate.get()).takeStream(System.nanoTime())) {
            refuse(request, 429);
        } else {
            Optional.ofNullable(request.getHeader(Protocol.ADMISSION_HEADER))
                    .ifPresentOrElse(
                            mesosAgentId -> check.answer(request, certificate.get(), mesosAgentId),
                            () -> upgrade(streamContext, request, certificate.get()));
        }
    }

    private static void refuse(HttpServerRequest request, int status) {
        end(request, status, Buffer.buffer());
    }

    /** Answers, and closes the connection: only that of a WebSocket stays open. */
    static void end(HttpServerRequest request, int status, Buffer body) {
        var unused = request.response()
                .putHeader("Connection", "close")
                .setStatusCode(status)
                .end(body)
                // Vert.x keeps a connection open that could become a WebSocket
                .onComplete(_ -> request.connection().close());
    }

    private HostPace pace(CertificateNames certificate) {
        return paces.computeIfAbsent(
                certificate.texts(), _ -> new HostPace(config.containersPerHost(), System.nanoTime()));
    }

    private void upgrade(StreamContext streamContext, HttpServerRequest request, CertificateNames certificate) {
        Context context = vertx.getOrCreateContext();
        request.toWebSocket()
                .onSuccess(socket -> {
                    if (socket.isClosed()) {
                        // a close frame has come with the request
                        request.connection().close();
                        return;
                    }
                    AgentStream stream = new AgentStream(streamContext, socket, certificate, pace(certificate));
                    new AgentConnection(stream, socket, context, config.helloTimeout()).start();
                })
                .onFailure(e -> {
                    lines.due("handshake " + certificate, clock.instant())
                            .ifPresent(repeated -> LOG.infof(
                                    "agent handshake failed reason=\"%s\" certificate=%s repeated=%d",
                                    e.getMessage(), certificate, repeated));
                    request.connection().close();
                });
    }

    private static <T> T await(Future<T> future, String failure) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new IllegalStateException(failure + ": " + e.getCause(), e);
        }
    }
}
