package io.mesosiam.sandbox.mesos;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpServer;
import io.mesosiam.sandbox.cluster.SandboxCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Mesos master on a loopback port: {@code /state}, {@code /slaves}, {@code /flags}, {@code /metrics/snapshot}, {@code
 * /redirect}, {@code /health}, {@code /version} and the v1 operator API with its stream, over a {@link SandboxCluster}.
 */
public final class SandboxMaster implements AutoCloseable {
    static {
        // events are small writes: without this (Nagle) the kernel delays the second of two until the first is
        // acknowledged
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final SandboxCluster cluster;
    private final MasterAccess access;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Advertised self;
    private volatile Standing standing = new Standing.Leading();

    private SandboxMaster(MasterSetup setup, HttpServer server, List<Filter> filters) {
        this.cluster = new SandboxCluster(setup.clock());
        this.access = new MasterAccess(setup.credentials());
        this.server = server;
        this.self = new Advertised(setup.hostname(), server.getAddress().getPort());
        var endpoint = new MasterEndpoint(setup, self, cluster, access, () -> standing);
        server.createContext("/", endpoint).getFilters().addAll(filters);
        server.setExecutor(threads);
    }

    /** Starts a master on any free port, without authentication. */
    public static SandboxMaster start() throws IOException {
        return start(MasterSetup.plain());
    }

    /** Starts a leading master with an empty cluster. */
    public static SandboxMaster start(MasterSetup setup) throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), setup.port()), 0);
        return start(setup, server, List.of());
    }

    /**
     * Starts a leading master on a server of the caller, such as one with TLS.
     *
     * @param filters get each request before the master does
     */
    public static SandboxMaster start(MasterSetup setup, HttpServer server, List<Filter> filters) {
        var master = new SandboxMaster(setup, server, filters);
        master.server.start();
        return master;
    }

    /** The base URI, without a path. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + self.port());
    }

    public SandboxCluster cluster() {
        return cluster;
    }

    /**
     * Restarts the master: streams end, and every stateful request is answered with 503 until it
     * {@linkplain #recover() has recovered}.
     */
    public void failOver() {
        standing = new Standing.Recovering();
        cluster.failOver();
    }

    /** Ends the recovery: the master leads, with an empty cluster and the Mesos agents that have to register again. */
    public void recover() {
        standing = new Standing.Leading();
    }

    /** Lets no leader be elected: stateful requests are answered with 503. */
    public void awaitElection() {
        standing = new Standing.Electing();
    }

    /**
     * Lets another master lead: stateful requests are redirected.
     *
     * @param hostAndPort host and port of the leader
     */
    public void follow(String hostAndPort) {
        standing = new Standing.Following(hostAndPort);
    }

    /**
     * Lets ACLs show frameworks and tasks to a principal, or hide them silently; the empty principal is an
     * unauthenticated one.
     */
    public void showFrameworks(String principal, boolean shown) {
        access.frameworks(principal, shown);
    }

    /**
     * Lets ACLs show flags and metrics to a principal, or answer with 403; the empty principal is an unauthenticated
     * one.
     */
    public void showEndpoints(String principal, boolean shown) {
        access.endpoints(principal, shown);
    }

    @Override
    public void close() {
        server.stop(0);
        cluster.endStreams();
        threads.shutdownNow();
    }

    /** The role of this master in the election. */
    sealed interface Standing {
        record Leading() implements Standing {}

        record Recovering() implements Standing {}

        record Electing() implements Standing {}

        record Following(String leader) implements Standing {}

        /** Why it cannot answer for the cluster; empty if it can. */
        default Optional<String> unavailable() {
            return switch (this) {
                case Recovering() -> Optional.of("Master has not finished recovery");
                case Electing() -> Optional.of("No leader elected");
                case Leading _, Following _ -> Optional.empty();
            };
        }
    }
}
