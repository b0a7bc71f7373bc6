package io.mesosiam.agent.serve;

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
 * The JDK's HTTP server, on a socket of its own or on the one that the service manager handed over. With the latter a restart loses no ask: who
 * was accepted is answered, who wasn't waits for the next process.
 */
final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());
    private static final int BACKLOG = 1024;
    private static final Duration STOP = Duration.ofSeconds(1);

    /** From that share of the admitted connections on, requests that are answered at a time leave no connection open. */
    private static final int CROWDED_SHARE = 4;

    /** An accepted connection's request is there at once, or, from a slow caller, not for long; who is silent for so long asks nothing. */
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
    private int asks;
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
        server.setExecutor(ask -> {
            guard.ifPresent(ConnectionGuard::beginning);
            begin();
            start(ask);
        });
    }

    /** The request ends with its thread, or here if none can be started: it must not count as in progress forever. */
    private void start(Runnable ask) {
        try {
            threads.execute(() -> {
                try {
                    ask.run();
                } finally {
                    end();
                }
            });
        } catch (Throwable e) {
            end();
            throw e;
        }
    }

    /** Whether connections are to be closed after their answer: one that is kept takes heap. */
    boolean crowded() {
        lock.lock();
        try {
            return asks > ServerLimits.admitted() / CROWDED_SHARE;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the address; nothing is answered before {@link #start}.
     *
     * @param quiet how long nobody has to have asked before a handed-over socket's last connections are closed
     * @param sources with what a connection counts where there are too many
     * @throws IOException if the address can't be had, or the socket that was handed over has another
     */
    static Listener open(
            InetSocketAddress wanted,
            Optional<ActivatedSocket> handedOver,
            Duration quiet,
            Function<Caller, CallerSource> sources)
            throws IOException {
        return open(wanted, handedOver, quiet, STOP, sources);
    }

    /** @param stop how long {@link #close} waits at most for quiet, and then for answers on their way */
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

    /** All addresses are meant by IPv4's wildcard and by IPv6's. */
    private static boolean same(InetSocketAddress wanted, InetSocketAddress given) {
        return wanted.getPort() == given.getPort()
                && (wanted.getAddress().equals(given.getAddress())
                        || (wanted.getAddress().isAnyLocalAddress()
                                && given.getAddress().isAnyLocalAddress()));
    }

    void handle(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    /** What is known of open connections beside the kernel's facts; empty where they are not guarded. */
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

    /** Accepts no more, gives the asks on their way a second, and ends what still waits. */
    @Override
    public void close() {
        handedOver.ifPresent(this::drain);
        server.stop((int) stop.toSeconds());
        guard.ifPresent(ConnectionGuard::close);
        threads.shutdownNow();
    }

    /** Stopping drops connections whose request hasn't been read: there may be none of them left by then. */
    private void drain(ActivatedSocket socket) {
        try {
            socket.stopAccepting();
            awaitQuiet();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "asks may be lost at this stop reason={0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs on the thread that accepts. A request takes heap from its first byte on, so no more are in progress than connections are admitted; the
     * next callers wait in the kernel's queue. Requests end without that thread.
     */
    private void begin() {
        lock.lock();
        try {
            while (asks >= ServerLimits.admitted()) {
                done.awaitUninterruptibly();
            }
            asks++;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            asks--;
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
                long since = asks > 0 ? 0 : now - Math.max(from, lastDone);
                if (since >= quiet.toNanos()) {
                    return;
                }
                long ignored = done.awaitNanos(asks > 0 ? until - now : quiet.toNanos() - since);
            }
        } finally {
            lock.unlock();
        }
    }
}
