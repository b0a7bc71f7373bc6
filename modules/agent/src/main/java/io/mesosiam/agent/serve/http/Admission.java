package io.mesosiam.agent.serve.http;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/**
 * Decides which connections stay open. A connection counts for its source from its first byte on: {@link Connections}
 * limits how many are open, {@link AskRate} how many a source opens in a second. What is beyond is closed at once. All
 * methods run on the event loop's thread, except those that read numbers.
 */
final class Admission {
    private static final System.Logger LOG = System.getLogger(Admission.class.getName());
    private static final Duration NEVER = Duration.ofDays(1);
    private static final long LOG_EVERY = Duration.ofMinutes(1).toNanos();

    private final ContainerAttestor attestor;
    private final AskRate<String> rate;
    private final Connections<CallerConnection> connections;
    private final Map<Caller, CallerConnection> byCaller = new ConcurrentHashMap<>();
    private final int most;
    private final LongAdder ended = new LongAdder();
    private volatile int open;
    private long logged = System.nanoTime() - LOG_EVERY;

    /**
     * Creates an admission.
     *
     * @param most how many connections may be open
     * @param perSecond how many one source may open in a second; 0 for any number
     */
    Admission(int most, int perSecond, ContainerAttestor attestor) {
        this.most = most;
        this.attestor = attestor;
        this.rate = new AskRate<>(perSecond, System::nanoTime);
        this.connections = new Connections<>(most);
    }

    /** The source of a new connection; empty if files have to be read to find it. */
    Optional<CallerSource> sourceAtOnce(Caller caller) {
        try {
            return attestor.sourceAtOnce(caller);
        } catch (RuntimeException e) {
            return Optional.of(notFound(caller, e));
        }
    }

    /** The source of a new connection. May be called by any thread. */
    CallerSource source(Caller caller) {
        try {
            return attestor.source(caller);
        } catch (RuntimeException e) {
            return notFound(caller, e);
        }
    }

    private static CallerSource notFound(Caller caller, RuntimeException e) {
        LOG.log(Level.WARNING, "source of a connection not found reason={0}", e.toString());
        return CallerSource.ofAddress(caller.source());
    }

    /** Whether the source may open another connection now. A connection that is reset already is not read. */
    boolean admits(CallerSource found) {
        if (found.equals(CallerSource.RESET)) {
            return false;
        }
        String source = Connections.name(found);
        if (!found.rated() || rate.admit(source)) {
            return true;
        }
        ended(source, "opens too many a second");
        return false;
    }

    /** Notes that a connection is closed because too many wait until files were read to find their sources. */
    void endedWaiting() {
        ended("not looked up", "waits with too many others");
    }

    /** Whether the connection is read. If not, it is closed. */
    boolean admit(CallerConnection connection) {
        String source = connection.source();
        count(connection, source);
        byCaller.put(connection.caller(), connection);
        Optional<CallerConnection> excess = connections.excess(connection, connection.isOfContainer());
        String reason = connections.open() > most ? "has the most while all are in use" : "has more than its share";
        excess.ifPresent(one -> close(one, connections.source(one).orElse(source), reason));
        open = connections.open();
        return excess.filter(connection::equals).isEmpty();
    }

    private void close(CallerConnection connection, String source, String reason) {
        forget(connection);
        connection.end();
        ended(source, reason);
    }

    private void ended(String source, String reason) {
        ended.increment();
        long now = System.nanoTime();
        if (now - logged >= LOG_EVERY) {
            logged = now;
            LOG.log(
                    Level.WARNING,
                    "connections of a source closed source={0} reason={1} open={2,number,#} admitted={3,number,#} endedInAll={4,number,#}",
                    source,
                    reason,
                    connections.open(),
                    most,
                    ended.sum());
        }
    }

    private void count(CallerConnection connection, String source) {
        connections.put(connection, source);
        connection.countFor(source);
    }

    /**
     * Counts a connection for its container from now on. May be called by any thread.
     *
     * @param loop the event loop
     */
    void attested(Caller caller, CallerSource container, Executor loop) {
        CallerConnection connection = byCaller.get(caller);
        if (connection != null && !connection.source().equals(container.name())) {
            loop.execute(() -> {
                if (byCaller.get(caller) == connection) {
                    count(connection, container.name());
                }
            });
        }
    }

    void forget(CallerConnection connection) {
        connections.remove(connection);
        byCaller.remove(connection.caller(), connection);
        open = connections.open();
    }

    void endLateOnes(ConnectionTimes times) {
        long now = System.nanoTime();
        for (CallerConnection connection : connections.all()) {
            if (connection.isLate(times, now)) {
                connection.end();
            }
        }
    }

    /** Closes the connections on which no complete request has arrived within that time. */
    void endSilentOnes(Duration within) {
        endLateOnes(new ConnectionTimes(within, NEVER, NEVER, within));
    }

    int most() {
        return most;
    }

    int open() {
        return open;
    }

    /** The number of connections that were closed because of their source. */
    long ended() {
        return ended.sum();
    }
}
