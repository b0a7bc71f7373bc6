package io.mesosiam.channel.handshake;

import io.mesosiam.http.ConnectionSource;
import io.mesosiam.loglimit.LineBudget;
import io.mesosiam.loglimit.RepeatedLines;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.net.JdkSSLEngineOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jboss.logging.Logger;

/**
 * TLS handshakes of the agents' port. They are bounded, and their keys and certificates are computed on separate
 * threads: the event loops of live streams only forward records.
 */
public final class Handshakes implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Handshakes.class);

    /**
     * Since keys are computed on other threads, an event loop only forwards a few records of each handshake, and 256
     * handshakes hardly delay live streams. A quarter of the slots suffices for the hosts behind one address: with 100
     * ms to the controller and two round trips each, 300 hosts a second connect.
     */
    public static final Limits LIMITS = new Limits(256, 64, 4096);

    private static final Duration BETWEEN_LOG_LINES = Duration.ofSeconds(10);

    /** For one address and reason: the agent of a host retries every few seconds. */
    private static final Duration BETWEEN_REFUSALS = Duration.ofMinutes(1);

    /** The limit for all addresses together, because one peer can have many addresses. */
    static final int MOST_REFUSALS = 60;

    private final String port;
    private final HandshakeSlots<BoundedHandshake> slots;
    private final BoundedContexts contexts = new BoundedContexts(this);
    private final MeterRegistry meters;
    private final HandshakeThreads threads = new HandshakeThreads();
    private final RepeatedLines lines = new RepeatedLines(BETWEEN_LOG_LINES);
    private final RepeatedLines refusals = new RepeatedLines(BETWEEN_REFUSALS);
    private final LineBudget refusalLines = new LineBudget(MOST_REFUSALS, BETWEEN_REFUSALS);
    private final InstantSource clock;
    private volatile Predicate<InetAddress> awaited = _ -> false;

    /**
     * Limits for connections whose handshake has not ended.
     *
     * @param running concurrent handshakes
     * @param runningPerSource concurrent handshakes of one source
     * @param open all connections: silent, waiting and running ones
     */
    public record Limits(int running, int runningPerSource, int open) {
        public Limits {
            if (runningPerSource < 1 || running <= runningPerSource || open < running) {
                throw new IllegalArgumentException("1 <= runningPerSource < running <= open, not " + runningPerSource
                        + ", " + running + ", " + open);
            }
        }
    }

    /**
     * Handshakes of one port.
     *
     * @param port the name in metrics: {@code channel} or {@code enrol}
     */
    public Handshakes(String port, Limits limits, InstantSource clock, MeterRegistry meters) {
        this.port = port;
        this.slots = new HandshakeSlots<>(limits, clock);
        this.clock = clock;
        this.meters = meters;
        register();
    }

    /** Registers all metrics at start, so that a rate includes the first event. */
    private void register() {
        Gauge.builder("mesosiam." + port + ".handshakes", slots, HandshakeSlots::open)
                .description("Connections of agents whose TLS handshake has not ended")
                .register(meters);
        Stream.of(HandshakeFailure.values()).forEach(failure -> Counter.builder(failed())
                .description("Connections of agents that ended before their TLS handshake was complete, by reason")
                .tag("reason", failure.label())
                .register(meters));
    }

    private String failed() {
        return "mesosiam." + port + ".handshakes.failed";
    }

    /** Handshakes from these addresses come before others that wait. */
    public void awaited(Predicate<InetAddress> addresses) {
        awaited = addresses;
    }

    boolean isAwaited(SocketAddress peer) {
        return peer instanceof InetSocketAddress known && !known.isUnresolved() && awaited.test(known.getAddress());
    }

    HandshakeSlots<BoundedHandshake> slots() {
        return slots;
    }

    /** Ends stalled handshakes whose slots other connections wait for. Call it several times a second. */
    public void endStalled() {
        long now = System.nanoTime();
        slots.toEnd(handshake -> handshake.stall(now)).forEach(BoundedHandshake::endIfStalled);
    }

    /** What computes the keys and certificates of one connection. */
    HandshakeThreads.Tasks tasks() {
        return threads.tasks();
    }

    /** TLS engine options of the JDK with these bounds, for the options of a server. */
    public JdkSSLEngineOptions engineOptions() {
        return contexts.engineOptions();
    }

    /**
     * Uses another key and other authorities for connections that are accepted from now on.
     *
     * @throws SSLException if no TLS context can be made of them; then nothing changes
     */
    public void renew(KeyManagerFactory keys, TrustManagerFactory authorities) throws SSLException {
        contexts.renew(keys, authorities);
    }

    void failed(HandshakeFailure failure, ConnectionSource source) {
        meters.counter(failed(), "reason", failure.label()).increment();
        // one line for all peers and reasons: there can be thousands a second
        lines.due("handshake", clock.instant())
                .ifPresent(repeated -> LOG.infof(
                        "agent handshake failed reason=%s address=%s port=%s handshakes=%d connections=%d repeated=%d",
                        failure.label(), source, port, slots.running(), slots.open(), repeated));
    }

    /** Counts and logs a handshake that failed because of a certificate. */
    void refused(CertificateRefusal refusal, ConnectionSource source) {
        refusals.due(refusal + " " + source, clock.instant()).ifPresent(repeated -> refusalLines
                .take(clock.instant())
                .ifPresent(leftOut -> LOG.warnf(
                        "agent certificate refused address=%s reason=\"%s\" cure=\"%s\" repeated=%d leftOut=%d",
                        source, refusal.reason(), refusal.cure(), repeated, leftOut)));
    }

    /** Call it when no connection is open. */
    @Override
    public void close() {
        threads.close();
    }
}
