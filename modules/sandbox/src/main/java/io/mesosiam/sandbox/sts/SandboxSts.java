package io.mesosiam.sandbox.sts;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An STS on a loopback port. One lasting key, the controller's, may assume every role; the sessions it gets may assume
 * none, and are good for asking who one is.
 */
public final class SandboxSts implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final StsEndpoint endpoint;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private SandboxSts(int port, InstantSource clock) throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        this.endpoint = new StsEndpoint(clock);
        server.createContext("/", endpoint);
        server.setExecutor(threads);
    }

    /** Starts one on any free port. */
    public static SandboxSts start() throws IOException {
        return start(0, InstantSource.system());
    }

    /**
     * Starts one.
     *
     * @param port 0 for any that is free
     * @param clock what sessions expire by
     */
    public static SandboxSts start(int port, InstantSource clock) throws IOException {
        var sts = new SandboxSts(port, clock);
        sts.server.start();
        return sts;
    }

    /** The access key id of the one that may assume roles. */
    public static String controllerAccessKeyId() {
        return KeyRing.controller().accessKeyId();
    }

    /** Its secret, which is none. */
    public static String controllerSecretAccessKey() {
        return KeyRing.controller().secretAccessKey();
    }

    /** What an endpoint override is set to. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** From now on every AssumeRole goes wrong like this; {@link Fault#NONE} ends it, and lets those go that wait. */
    public void fault(Fault fault) {
        endpoint.faults().all(fault);
    }

    /** From now on every AssumeRole of one role goes wrong like this. */
    public void fault(String roleArn, Fault fault) {
        endpoint.faults().of(roleArn, fault);
    }

    /** From now on every answer takes at least this long. */
    public void delay(Duration delay) {
        endpoint.faults().delay(delay);
    }

    /** Every request so far whose signature held, in order. */
    public List<StsCall> calls() {
        return endpoint.calls();
    }

    /** The AssumeRole calls so far, granted or not, in order. */
    public List<StsCall> assumptions() {
        return calls().stream()
                .filter(call -> call.action().equals("AssumeRole"))
                .toList();
    }

    @Override
    public void close() {
        fault(Fault.NONE);
        server.stop(0);
        threads.shutdownNow();
    }
}
