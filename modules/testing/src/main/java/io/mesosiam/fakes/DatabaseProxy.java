package io.mesosiam.fakes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy between clients and a server such as Postgres: can refuse and cut connections, hold back or delay what the server sends, and lead
 * new connections to another server.
 */
public final class DatabaseProxy implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread acceptor = Thread.ofVirtual().unstarted(this::accept);

    // guarded by lock; not checked, because functions given to set change them
    private URI database;
    private Duration delay = Duration.ZERO;
    private boolean silent;
    private boolean refusing;
    private boolean closed;
    private final Set<Socket> frozen = new HashSet<>();

    @GuardedBy("lock")
    private int accepted;

    /** @param database the reactive URL of the database; only host and port are used */
    public DatabaseProxy(String database) {
        this.database = URI.create(database);
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        acceptor.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Number of connections that were accepted and not refused. */
    public int accepted() {
        lock.lock();
        try {
            return accepted;
        } finally {
            lock.unlock();
        }
    }

    /** Closes every connection. */
    public void cut() {
        open.forEach(DatabaseProxy::close);
    }

    /** Whether new connections are closed at once. */
    public void refuse(boolean next) {
        set(() -> refusing = next);
    }

    /** Whether what the server sends is held back, on open and on new connections. */
    public void silence(boolean next) {
        set(() -> silent = next);
    }

    /** Delays what the server sends, on open and on new connections: each part by at least this time. */
    public void delay(Duration next) {
        set(() -> delay = next);
    }

    /** Leads new connections to another server; only host and port of the URL are used. */
    public void target(String next) {
        set(() -> database = URI.create(next));
    }

    /** Stops forwarding on the open connections, their ends included. New connections work. */
    public void freeze() {
        set(() -> frozen.addAll(open));
    }

    private void set(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                lock.lock();
                try {
                    if (refusing) {
                        close(client);
                        continue;
                    }
                    accepted++;
                } finally {
                    lock.unlock();
                }
                Socket target = connect(client);
                if (target == null) {
                    continue;
                }
                open.add(client);
                open.add(target);
                Thread unusedUp = Thread.ofVirtual().start(() -> copy(client, target, false));
                Thread unusedDown = Thread.ofVirtual().start(() -> copy(target, client, true));
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** A connection to the server; without one, the client's is closed too. */
    private @Nullable Socket connect(Socket client) {
        URI to = current(() -> database);
        try {
            client.setTcpNoDelay(true);
            Socket target = new Socket(to.getHost(), to.getPort());
            target.setTcpNoDelay(true);
            return target;
        } catch (IOException unreachable) {
            close(client);
            return null;
        }
    }

    private <T> T current(Supplier<T> value) {
        lock.lock();
        try {
            return value.get();
        } finally {
            lock.unlock();
        }
    }

    private void copy(Socket from, Socket to, boolean holds) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int length = read(from, in, buffer); length >= 0; length = read(from, in, buffer)) {
                if (holds) {
                    awaitNotSilent();
                    Thread.sleep(current(() -> delay));
                }
                out.write(buffer, 0, length);
                out.flush();
            }
        } catch (IOException e) {
            // the other direction ends too
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private int read(Socket from, InputStream in, byte[] buffer) throws IOException, InterruptedException {
        try {
            return in.read(buffer);
        } finally {
            awaitThaw(from);
        }
    }

    private void awaitThaw(Socket from) throws InterruptedException {
        lock.lock();
        try {
            while (frozen.contains(from) && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitNotSilent() throws InterruptedException {
        lock.lock();
        try {
            while (silent) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        silence(false);
        set(() -> closed = true);
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            // the kernel keeps a listening socket until the accepting thread has ended
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }
}
