package io.mesosiam.agent.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.kernel.ActivatedSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The JDK's HTTP server, on its own socket or on systemd's. With systemd's socket a restart loses no request: accepted
 * connections are answered, and the others wait for the next process.
 */
final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final int BACKLOG = 1024;
    private static final Duration STOP = Duration.ofSeconds(1);

    /** From this share of the admitted connections on, connections are closed after their answer. */
    private static final int CROWDED_SHARE = 4;

    /**
     * The time in which the request of an accepted connection is expected: it usually is there at once. A connection
     * that is silent for longer is assumed to have none.
     */
    static final Duration QUIET = Duration.ofMillis(50);

    static {
        ServerLimits.set();
    }

    private final HttpServer server;
    private final InetSocketAddress address;
    private final Optional<ActivatedSocket> handedOver;
    private final Duration quiet;
    private final Duration stop;
    private final Optional<ConnectionGuard> guard;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();

    @GuardedBy("lock")
    private int requests;

    @GuardedBy("lock")
    private long lastDone = System.nanoTime();

    private Listener(
            HttpServer server,
            InetSocketAddress address,
            Optional<ActivatedSocket> handedOver,
            Duration quiet,
            Duration stop,
            Function<Caller, CallerSource> sources) {
        this.server = server;
        this.address = address;
        this.handedOver = handedOver;
        this.quiet = quiet;
        this.stop = stop;
        this.guard = ConnectionGuard.available()
                ? Optional.of(new ConnectionGuard(address.getPort(), ServerLimits.admitted(), sources))
                : Optional.empty();
        server.setExecutor(request -> {
            guard.ifPresent(ConnectionGuard::beginning);
            begin();
            start(request);
        });
    }

    /**
     * Starts a request. It ends with its thread, or here if no thread can be started, so that it does not count as in
     * progress permanently.
     */
    private void start(Runnable request) {
        try {
            threads.execute(() -> {
                try {
                    request.run();
                } finally {
                    end();
                }
            });
        } catch (Throwable e) {
            end();
            throw e;
        }
    }

    /** Whether connections are closed after their answer, because an open one takes heap. */
    boolean crowded() {
        lock.lock();
        try {
            return requests > ServerLimits.admitted() / CROWDED_SHARE;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Binds the address. Nothing is answered before {@link #start}.
     *
     * @param quiet idle time before the remaining connections of a passed socket are closed
     * @param sources the source for which a connection counts when there are too many
     * @throws IOException if the address can't be bound, or the passed socket has another address
     */
    static Listener open(
            InetSocketAddress wanted,
            Optional<ActivatedSocket> handedOver,
            Duration quiet,
            Function<Caller, CallerSource> sources)
            throws IOException {
        return open(wanted, handedOver, quiet, STOP, sources);
    }

    /** @param stop the longest time that {@link #close} waits for idle connections, and then for pending answers */
    static Listener open(
            InetSocketAddress wanted,
            Optional<ActivatedSocket> handedOver,
            Duration quiet,
            Duration stop,
            Function<Caller, CallerSource> sources)
            throws IOException {
        if (handedOver.isEmpty()) {
            HttpServer server = HttpServer.create(wanted, BACKLOG);
            return new Listener(server, server.getAddress(), handedOver, quiet, stop, sources);
        }
        ActivatedSocket socket = handedOver.get();
        if (!same(wanted, socket.address())) {
            throw new IOException("the socket that was handed over listens on " + socket.address());
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        socket.replace(server.getAddress());
        return new Listener(server, socket.address(), handedOver, quiet, stop, sources);
    }

    /** Whether both are the same address; the wildcards of IPv4 and IPv6 are equal. */
    private static boolean same(InetSocketAddress wanted, InetSocketAddress given) {
        return wanted.getPort() == given.getPort()
                && (wanted.getAddress().equals(given.getAddress())
                        || (wanted.getAddress().isAnyLocalAddress()
                                && given.getAddress().isAnyLocalAddress()));
    }

    void handle(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    /** What is known of open connections in addition to the kernel's data; empty if they are not guarded. */
    Optional<ConnectionGuard> guard() {
        return guard;
    }

    void start() {
        ServerLimits.log(LOG);
        guard.ifPresent(ConnectionGuard::start);
        server.start();
    }

    InetSocketAddress address() {
        return address;
    }

    /** Stops accepting, waits up to one second for requests in progress, and closes the rest. */
    @Override
    public void close() {
        handedOver.ifPresent(this::drain);
        server.stop((int) stop.toSeconds());
        guard.ifPresent(ConnectionGuard::close);
        threads.shutdownNow();
    }

    /** Waits until no accepted connection has an unread request, because stopping drops those. */
    private void drain(ActivatedSocket socket) {
        try {
            socket.stopAccepting();
            awaitQuiet();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "requests may be lost at this stop reason={0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Counts a request in progress. Runs on the thread that accepts. A request takes heap from its first byte on, so
     * there are never more in progress than admitted connections; the next callers wait in the kernel's queue. Requests
     * end on other threads.
     */
    private void begin() {
        lock.lock();
        try {
            while (requests >= ServerLimits.admitted()) {
                done.awaitUninterruptibly();
            }
            requests++;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            requests--;
            lastDone = System.nanoTime();
            done.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitQuiet() throws InterruptedException {
        lock.lock();
        try {
            long from = System.nanoTime();
            long until = from + stop.toNanos();
            for (long now = from; now < until; now = System.nanoTime()) {
                long since = requests > 0 ? 0 : now - Math.max(from, lastDone);
                if (since >= quiet.toNanos()) {
                    return;
                }
                long ignored = done.awaitNanos(requests > 0 ? until - now : quiet.toNanos() - since);
            }
        } finally {
            lock.unlock();
        }
    }
}
