package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.channel.handshake.Handshakes;
import io.mesosiam.channel.wire.AgentMessage.Ack;
import io.mesosiam.channel.wire.AgentMessage.Held;
import io.mesosiam.channel.wire.AgentMessage.Hello;
import io.mesosiam.channel.wire.AgentMessage.RunningContainer;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import io.mesosiam.channel.wire.Protocol;
import io.mesosiam.enrol.ec2.Ec2Config;
import io.mesosiam.enrol.ec2.TestEc2Config;
import io.mesosiam.fakes.TestCa;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TestTls;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.MesosAgentId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;

/**
 * A channel that listens on loopback, with a real database. Tests control its cluster, its clock and the receiver of
 * its events.
 */
public final class ChannelFixture implements AutoCloseable {
    public static final MesosAgentId S1 = new MesosAgentId("S1");
    public static final MesosAgentId S2 = new MesosAgentId("S2");

    private static final TestDatabase DB = TestPostgres.database();
    private static final ChannelCertificates CERTIFICATES = ChannelCertificates.make();

    public final HeardEvents events = new HeardEvents();
    public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final EnrolledHosts enrolled;
    public final AgentChannel channel;
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2).setInternalBlockingPoolSize(2));
    private final List<StreamClient> clients = new ArrayList<>();
    private volatile ClusterState cluster = Clusters.of(
            Clusters.agent(S1, "host-1.example.com", "192.0.2.1"),
            Clusters.agent(S2, "host-2.example.com", "10.0.0.2"));
    private volatile Instant now = Instant.now();
    private volatile Runnable beforeClaim = () -> {};

    public ChannelFixture() {
        this(TimeLimit.seconds(10), 100);
    }

    /** A fixture with another receiver of events than {@link #events}. */
    ChannelFixture(HostEvents receiver) {
        this(
                new Settings(TimeLimit.seconds(10), 100, TimeLimit.seconds(10), CERTIFICATES.files()),
                Optional.of(receiver),
                Handshakes.LIMITS);
    }

    /** A fixture whose port has these files, which a test can change. */
    ChannelFixture(CertificateFiles files) {
        this(
                new Settings(TimeLimit.seconds(10), 100, TimeLimit.seconds(10), files),
                Optional.empty(),
                Handshakes.LIMITS);
    }

    ChannelFixture(Duration helloTimeout, int longestQueue) {
        this(helloTimeout, longestQueue, TimeLimit.seconds(10));
    }

    ChannelFixture(Duration helloTimeout, int longestQueue, Duration claimTimeout) {
        this(
                new Settings(helloTimeout, longestQueue, claimTimeout, CERTIFICATES.files()),
                Optional.empty(),
                Handshakes.LIMITS);
    }

    public ChannelFixture(Duration helloTimeout, Handshakes.Limits handshakes) {
        this(
                new Settings(helloTimeout, 100, TimeLimit.seconds(10), CERTIFICATES.files()),
                Optional.empty(),
                handshakes);
    }

    /** A fixture whose hosts can enrol, with this key file. */
    ChannelFixture(Path keyFile, int requestsPerMinute, Ec2Config ec2) {
        this(
                new Settings(TimeLimit.seconds(10), 100, TimeLimit.seconds(10), CERTIFICATES.files()),
                Optional.empty(),
                Handshakes.LIMITS,
                Optional.of(keyFile),
                requestsPerMinute,
                ec2);
    }

    private ChannelFixture(Settings settings, Optional<HostEvents> receiver, Handshakes.Limits handshakes) {
        this(settings, receiver, handshakes, Optional.empty(), 10_000, TestEc2Config.off());
    }

    private ChannelFixture(
            Settings settings,
            Optional<HostEvents> receiver,
            Handshakes.Limits handshakes,
            Optional<Path> keyFile,
            int requestsPerMinute,
            Ec2Config ec2) {
        enrolled = EnrolledHosts.with(DB.pool(), meters, keyFile, requestsPerMinute, ec2);
        DB.execute("truncate agent");
        channel = new AgentChannel(
                settings,
                vertx,
                new Pool(DB.pool().getDelegate()) {
                    @Override
                    public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                        beforeClaim.run();
                        return super.withTransaction(work);
                    }
                },
                () -> now,
                meters,
                handshakes,
                new PemTls(settings.files(), vertx),
                enrolled.certificates());
        channel.start(() -> cluster, receiver.orElse(events));
    }

    public Handshakes handshakes() {
        return channel.handshakes();
    }

    static ChannelCertificates certificates() {
        return CERTIFICATES;
    }

    Vertx vertx() {
        return vertx;
    }

    TestDatabase database() {
        return DB;
    }

    void cluster(ClusterState next) {
        cluster = next;
    }

    void clock(Instant next) {
        now = next;
    }

    /** Sets what runs before each claim is sent, on the thread that sends it. */
    void beforeClaim(Runnable next) {
        beforeClaim = next;
    }

    void recheck() {
        channel.recheck(cluster);
    }

    public Path ca() {
        return CERTIFICATES.ca().certificateFile();
    }

    public TestCa.Identity host1() {
        return CERTIFICATES.host1();
    }

    public TestCa.Identity host2() {
        return CERTIFICATES.host2();
    }

    /** The channel's certificate. */
    public TestCa.Identity controller() {
        return CERTIFICATES.controller();
    }

    /** Has the first host's name, but is signed by another CA. */
    public TestCa.Identity stranger() {
        return CERTIFICATES.stranger();
    }

    public TestCa.Identity expired() {
        return CERTIFICATES.expired();
    }

    /** Has the name of the first host as its common name only. */
    public TestCa.Identity nameless() {
        return CERTIFICATES.nameless();
    }

    /** The CA that has signed neither the agents' certificates nor the controller's. */
    public Path otherCa() {
        return CERTIFICATES.otherCa().certificateFile();
    }

    public StreamClient connect(TestCa.Identity identity) {
        return kept(StreamClient.connect(channel.port(), ca(), identity));
    }

    /** A certificate of the authority that the port trusts. */
    TestCa.Identity issue(String... names) {
        return CERTIFICATES.ca().issue(names);
    }

    /** A stream with the first host's certificate. */
    StreamClient connect() {
        return kept(StreamClient.connect(channel.port(), ca(), CERTIFICATES.host1()));
    }

    /** A stream with the second host's certificate, which has only its address. */
    public StreamClient connectHost2() {
        return kept(StreamClient.connect(channel.port(), ca(), CERTIFICATES.host2()));
    }

    StreamClient connectDeaf() {
        return kept(StreamClient.deaf(channel.port(), ca(), CERTIFICATES.host1()));
    }

    /** A connection with the first host's certificate on which nothing is sent after the handshake. */
    public SSLSocket handshaken() throws IOException {
        return handshaken(CERTIFICATES.host1());
    }

    public SSLSocket handshaken(TestCa.Identity identity) throws IOException {
        SSLSocket socket = (SSLSocket) TestTls.context(ca(), Optional.of(identity))
                .getSocketFactory()
                .createSocket("localhost", channel.port());
        socket.startHandshake();
        return socket;
    }

    /** A stream of the first host with a completed hello. */
    public StreamClient open() throws InterruptedException {
        StreamClient client = connect();
        client.send(hello(S1));
        client.receive(Sync.class);
        return client;
    }

    public static Hello hello(MesosAgentId host) {
        return hello(Protocol.VERSION, host, List.of(), List.of());
    }

    /** Asserts that a stream of the first host is open in both directions. */
    void assertStillServed(StreamClient agent) throws InterruptedException {
        agent.send(new Ack("lease", 1));
        assertThat(channel.deliver(S1, Deliveries.refuse("still here"))).isTrue();
        assertThat(agent.receiveAfterMoves().toString()).contains("still here");
    }

    static Hello hello(int protocol, MesosAgentId host, List<Held> held, List<RunningContainer> containers) {
        return new Hello(protocol, "1.0", "some-host", host.value(), held, containers);
    }

    private StreamClient kept(StreamClient client) {
        clients.add(client);
        return client;
    }

    @Override
    public void close() {
        clients.forEach(StreamClient::close);
        channel.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private record Settings(Duration helloTimeout, int longestQueue, Duration claimTimeout, CertificateFiles files)
            implements ChannelConfig {
        @Override
        public String host() {
            return "127.0.0.1";
        }

        @Override
        public int port() {
            return 0;
        }

        @Override
        public Optional<Path> certificateFile() {
            return files.certificate();
        }

        @Override
        public Optional<Path> keyFile() {
            return files.key();
        }

        @Override
        public Optional<Path> caFile() {
            return files.authorities();
        }

        @Override
        public Optional<String> spiffeId() {
            return Optional.of("spiffe://example.org/mesos/{host}");
        }

        @Override
        public Optional<String> controllerId() {
            return Optional.of("controller-1");
        }

        @Override
        public Duration pingInterval() {
            return Duration.ofSeconds(10);
        }

        @Override
        public int containersPerHost() {
            return 4096;
        }
    }
}
