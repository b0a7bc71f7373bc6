package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.kernel.OpenConnections;
import io.mesosiam.agent.kernel.OpenConnections.Connection;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.ConnectionShares.Held;
import io.mesosiam.agent.serve.ConnectionShares.Use;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Prevents one source from using all connections. When seven eighths of the admitted connections are open, it closes
 * connections of the source that has the most ({@link ConnectionShares}), so that new callers are admitted.
 *
 * <p>The JDK's server accepts without a limit, so more connections may be open for a moment. The number of descriptors
 * is read every {@value #PERIOD_MILLIS} ms, and after each sixteenth of the admitted connections has begun a request.
 * The {@link Listener} ensures that the heap has room for the requests that are read in between.
 */
final class ConnectionGuard implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ConnectionGuard.class.getName());
    private static final int PERIOD_MILLIS = 20;
    private static final long PERIOD = Duration.ofMillis(PERIOD_MILLIS).toNanos();

    /** Maximum time between two counts, since descriptors that are no connections are opened and closed too. */
    private static final long LONGEST_WITHOUT_COUNT = Duration.ofSeconds(2).toNanos();

    private static final long AFTER_FAILURE = Duration.ofSeconds(1).toNanos();
    /**
     * The known callers' ends are dropped at each count, and when there are this many times the admitted connections.
     */
    private static final int KEPT_FACTOR = 8;

    private static final long LOG_EVERY = Duration.ofMinutes(1).toNanos();

    private final int port;
    private final int admitted;
    private final int most;
    private final int step;
    private final Function<Caller, CallerSource> sources;
    private final AtomicInteger begun = new AtomicInteger();
    private final Thread thread =
            Thread.ofPlatform().name("connection-guard").daemon().unstarted(this::watch);

    /** Exact sources by the connection's cookie. */
    private final Map<Long, String> known = new HashMap<>();
    /** Cookies of connections that were shut down and are not closed yet. */
    private final Set<Long> ending = new HashSet<>();

    /** Containers of connections by the caller's end. */
    private final Map<InetSocketAddress, String> attested = new ConcurrentHashMap<>();

    private final Set<InetSocketAddress> answering = ConcurrentHashMap.newKeySet();

    private volatile Count last = new Count(0, 0, System.nanoTime());
    private final LongAdder ended = new LongAdder();
    private long logged = System.nanoTime() - LOG_EVERY;
    private volatile boolean closed;

    /** @param open open connections, including those that are being closed */
    private record Count(int open, int descriptors, long at) {}

    /**
     * Creates a guard.
     *
     * @param port the port on which the connections are accepted
     * @param admitted the most connections that may be open
     */
    ConnectionGuard(int port, int admitted, Function<Caller, CallerSource> sources) {
        this.port = port;
        this.admitted = admitted;
        this.most = admitted - Math.max(1, admitted / 8);
        this.step = Math.max(1, admitted / 16);
        this.sources = sources;
    }

    /** Whether connections can be listed and closed on this host. */
    static boolean available() {
        try {
            return OpenConnections.descriptors() > 0 && OpenConnections.on(0).isEmpty();
        } catch (IOException | LinkageError e) {
            LOG.log(
                    Level.WARNING,
                    "connections not limited per source, one container can use all reason={0}",
                    e.toString());
            return false;
        }
    }

    void start() {
        thread.start();
    }

    /** Called before each request is read. Never waits, since the server's thread also closes connections. */
    void beginning() {
        if (begun.incrementAndGet() >= step) {
            begun.set(0);
            LockSupport.unpark(thread);
        }
    }

    /** Notes that a request of this caller is being answered from now on. */
    void answering(InetSocketAddress remote) {
        answering.add(remote);
    }

    void answered(InetSocketAddress remote) {
        answering.remove(remote);
    }

    /** Notes that the caller at this end is this container. */
    void attested(InetSocketAddress remote, Container container) {
        if (attested.size() >= KEPT_FACTOR * admitted) {
            attested.clear();
        }
        attested.put(remote, CallerSource.ofContainer(container).name());
    }

    private void watch() {
        while (!closed) {
            try {
                if (System.nanoTime() - last.at() > LONGEST_WITHOUT_COUNT || estimate() > most) {
                    count();
                }
                LockSupport.parkNanos(PERIOD);
            } catch (IOException | RuntimeException | Error e) {
                LOG.log(Level.WARNING, "open connections not counted reason={0}", e.toString());
                LockSupport.parkNanos(AFTER_FAILURE);
            }
        }
    }

    /**
     * The number of open connections, on the assumption that all descriptors opened since the last count are
     * connections.
     */
    private int estimate() throws IOException {
        Count count = last;
        return count.open() + OpenConnections.descriptors() - count.descriptors();
    }

    /** Counts the connections, and closes the excess ones. */
    private void count() throws IOException {
        int descriptors = OpenConnections.descriptors();
        List<Connection> open = OpenConnections.on(port);
        last = new Count(open.size(), descriptors, System.nanoTime());
        Set<Long> cookies = new HashSet<>();
        Set<InetSocketAddress> remotes = new HashSet<>();
        open.forEach(connection -> {
            cookies.add(connection.cookie());
            remotes.add(connection.remote());
        });
        attested.keySet().retainAll(remotes);
        ending.retainAll(cookies);
        known.keySet().retainAll(cookies);
        if (open.size() - ending.size() > most) {
            end(open);
        }
    }

    private void end(List<Connection> open) {
        List<Held<Connection>> held = new ArrayList<>();
        for (Connection connection : open) {
            if (!ending.contains(connection.cookie())) {
                held.add(new Held<>(connection, source(connection), use(connection), connection.idle()));
            }
        }
        List<Held<Connection>> tooMany = ConnectionShares.beyond(held, most);
        for (Held<Connection> one : tooMany) {
            if (OpenConnections.end(one.connection())) {
                ending.add(one.connection().cookie());
                ended.increment();
            }
        }
        log(open.size(), tooMany);
    }

    private Use use(Connection connection) {
        if (answering.contains(connection.remote())) {
            return Use.ANSWERING;
        }
        return connection.silent() ? Use.SILENT : Use.WAITING;
    }

    private String source(Connection connection) {
        String container = attested.get(connection.remote());
        if (container != null) {
            return container;
        }
        String before = known.get(connection.cookie());
        if (before != null) {
            return before;
        }
        CallerSource source = sources.apply(new Caller(connection.remote(), connection.local()));
        if (source.exact()) {
            known.put(connection.cookie(), source.name());
        }
        return source.name();
    }

    private void log(int open, List<Held<Connection>> tooMany) {
        long now = System.nanoTime();
        if (!tooMany.isEmpty() && now - logged >= LOG_EVERY) {
            logged = now;
            LOG.log(
                    Level.WARNING,
                    "connections of the largest source closed source={0} open={1,number,#} admitted={2,number,#} endedInAll={3,number,#}",
                    tooMany.getFirst().source(),
                    open,
                    admitted,
                    ended.sum());
        }
    }

    void expose(Exposition out) {
        out.gauge(
                        "mesosiam_agent_connections",
                        "Connections open at the credential endpoint, counted at most two seconds ago.")
                .sample(last.open());
        out.gauge("mesosiam_agent_connections_admitted", "Connections that may be open at once.")
                .sample(admitted);
        out.counter(
                        "mesosiam_agent_connections_ended_total",
                        "Connections closed because their source held the most while nearly all were in use.")
                .sample(ended.sum());
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
