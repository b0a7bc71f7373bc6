package io.mesosiam.sandbox.sts;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * An STS on a loopback port, with two actions of IAM. The long-term key of the controller may assume every role; sessions may assume none, and
 * can only call GetCallerIdentity, except those of hub roles.
 */
public final class SandboxSts implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final StsEndpoint endpoint;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private SandboxSts(int port, InstantSource clock, List<Filter> filters) throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        this.endpoint = new StsEndpoint(clock);
        server.createContext("/", endpoint).getFilters().addAll(filters);
        server.setExecutor(threads);
    }

    /** Starts an STS on any free port. */
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
        return start(port, clock, List.of());
    }

    /** Starts one with filters, which get each request before STS does. */
    public static SandboxSts start(int port, InstantSource clock, List<Filter> filters) throws IOException {
        var sts = new SandboxSts(port, clock, filters);
        sts.server.start();
        return sts;
    }

    /** The access key id of the controller's long-term key. */
    public static String controllerAccessKeyId() {
        return KeyRing.controller().accessKeyId();
    }

    /** The secret of that key, which is not confidential. */
    public static String controllerSecretAccessKey() {
        return KeyRing.controller().secretAccessKey();
    }

    /** The URI for an endpoint override. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Applies a fault to every further AssumeRole; {@link Fault#NONE} clears it and releases waiting calls. */
    public void fault(Fault fault) {
        endpoint.faults().all(fault);
    }

    /** Applies a fault to this part of the further AssumeRole calls, from 0 to 1, each by chance. */
    public void fault(Fault fault, double part) {
        endpoint.faults().part(fault, part);
    }

    /** Applies a fault to every further AssumeRole of one role. */
    public void fault(String roleArn, Fault fault) {
        endpoint.faults().of(roleArn, fault);
    }

    /** Lets sessions of this role assume every role; without it, sessions can assume none. */
    public void hub(String roleArn) {
        endpoint.hubs().add(roleArn);
    }

    /** Credentials of a session, which are not confidential. */
    public record SessionKey(String accessKeyId, String secretAccessKey, String sessionToken) {}

    /** The credentials that the metadata service of an instance with this role would have. */
    public SessionKey instanceProfile(String roleArn) {
        KnownKey key = endpoint.instanceProfile(roleArn);
        return new SessionKey(
                key.accessKeyId(), key.secretAccessKey(), key.token().orElseThrow());
    }

    /** The inline policies of a role by their names. Only sessions of {@code mesos-iam-revoker} can change them. */
    public Map<String, String> inlinePolicies(String roleName) {
        return endpoint.policies().of(roleName);
    }

    /** Delays every further answer by at least this time. */
    public void delay(Duration delay) {
        endpoint.faults().delay(delay);
    }

    /** All requests so far with a valid signature, in order. */
    public List<StsCall> calls() {
        return endpoint.calls();
    }

    /** The AssumeRole calls so far, granted or not, in order. */
    public List<StsCall> assumptions() {
        return calls().stream()
                .filter(call -> call.action().equals("AssumeRole"))
                .toList();
    }

    /** The sessions of AssumeRole so far. */
    public List<IssuedSession> sessions() {
        return endpoint.sessions().values().stream()
                .sorted(Comparator.comparing(IssuedSession::issuedAt))
                .toList();
    }

    /** The session of AssumeRole with this access key id. */
    public Optional<IssuedSession> session(String accessKeyId) {
        return endpoint.session(accessKeyId);
    }

    /**
     * Lets further sessions of AssumeRole last for this time, as a function of what is requested. STS itself always gives what is
     * requested; trials shorten sessions so that renewals happen within seconds.
     */
    public void lengths(UnaryOperator<Duration> byRequested) {
        endpoint.lengths(byRequested);
    }

    @Override
    public void close() {
        fault(Fault.NONE);
        server.stop(0);
        threads.shutdownNow();
    }
}
