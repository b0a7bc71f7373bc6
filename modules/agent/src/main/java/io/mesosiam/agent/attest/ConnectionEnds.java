package io.mesosiam.agent.attest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.pause.Deadline;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Compares the caller's socket with the agent's end of the connection. Two sockets can have matching addresses and
 * ports without being connected to each other: a neighbour that takes over an address and a port can open a connection
 * whose ends are also those of a socket that the former owner left open.
 * <ul>
 * <li>The byte counts of both ends must be possible for one connection ({@link TcpCounters#canBePeerOf}).
 * <li>A connection is first attested before the agent has sent anything on it, so a left-over socket that has received
 * an answer never matches. An attacker can't first collect answers of the right length.
 * <li>At that time the socket must have sent something since the agent's end last received something
 * ({@link TcpCounters#canHaveSentWhatArrivedAt}). Otherwise a left-over socket whose request was not answered would
 * match a later request of the same length.
 * <li>From then on, the connection belongs to that socket.
 * </ul>
 *
 * <p>The kernel reads a socket's counters under the socket's lock, which the socket's owner can hold for a long time. A
 * separate thread reads them, at most one for each outermost container with all nested in it, and the wait is bounded.
 * The agent's end is read at once: no other process can hold its lock.
 */
final class ConnectionEnds implements AutoCloseable {
    /** Far more than the agent has open at once. */
    private static final int MAX_CONNECTIONS = 8192;

    private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

    private final SocketLookup host;
    private final ExecutorService queries;
    /** The outermost containers that have a query running or waiting, by id. */
    private final Map<String, Permit> permits = new ConcurrentHashMap<>();

    /** The caller's socket by the cookie of the agent's end; guarded by itself. */
    @GuardedBy("itself")
    private final Map<Long, Long> peers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MAX_CONNECTIONS;
        }
    };

    /** @param users queries that hold this permit or wait for it */
    private record Permit(Semaphore free, int users) {}

    ConnectionEnds(SocketLookup host) {
        this(host, Thread.ofPlatform().name("mesos-iam-counters").daemon().factory());
    }

    ConnectionEnds(SocketLookup host, ThreadFactory threads) {
        this.host = host;
        this.queries = Executors.newCachedThreadPool(threads);
    }

    /** The reason why the located socket, held by this container, is not the caller's; empty if it is. */
    Optional<Attestation> objection(Caller caller, SocketFinder.Located at, Container container, Deadline deadline) {
        long start = System.nanoTime();
        return switch (agentsEnd(caller, deadline)) {
            case CountersAnswer.NotCounted() -> Optional.empty();
            case CountersAnswer.Failed(String reason) -> unknown("the agent's end of the connection: " + reason);
            case CountersAnswer.Counted(TcpCounters before) ->
                switch (callersEnd(at, ContainerPath.outermost(container.id()), deadline)) {
                    case CountersAnswer.NotCounted() -> Optional.empty();
                    case CountersAnswer.Failed(String reason) ->
                        unknown("the caller's end of the connection: " + reason);
                    case CountersAnswer.Counted(TcpCounters theirs) ->
                        compare(
                                caller,
                                at,
                                before,
                                theirs.withoutSyn(),
                                Duration.ofNanos(System.nanoTime() - start),
                                deadline);
                };
        };
    }

    private Optional<Attestation> compare(
            Caller caller,
            SocketFinder.Located at,
            TcpCounters before,
            TcpCounters theirs,
            Duration elapsed,
            Deadline deadline) {
        if (theirs.cookie() != at.socket().cookie()) {
            return unknown("the caller's socket is gone");
        }
        // usually nothing is in flight, and one reading of the agent's end serves as both
        if (!theirs.canBePeerOf(before, before)) {
            if (!(agentsEnd(caller, deadline) instanceof CountersAnswer.Counted(TcpCounters after))
                    || after.cookie() != before.cookie()) {
                return unknown("the connection is gone");
            }
            if (!theirs.canBePeerOf(before, after)) {
                return Optional.of(new Attestation.NoContainer(
                        "the socket with this connection's ends is not connected to the agent: it counts " + theirs
                                + ", the agent's end " + after));
            }
        }
        synchronized (peers) {
            Long known = peers.get(before.cookie());
            if (known == null && before.sent() > 0) {
                return unknown("the connection was not attested at its first request");
            }
            if (known == null && !theirs.canHaveSentWhatArrivedAt(before, elapsed)) {
                return unknown("the socket with this connection's ends has sent nothing for "
                        + theirs.millisSinceSent() + " ms, the agent's end received something "
                        + before.millisSinceReceived() + " ms ago");
            }
            if (known != null && known != theirs.cookie()) {
                return Optional.of(
                        new Attestation.NoContainer("the connection was attested as that of another socket before"));
            }
            peers.put(before.cookie(), theirs.cookie());
        }
        return Optional.empty();
    }

    private CountersAnswer agentsEnd(Caller caller, Deadline deadline) {
        return host.ownCounters(caller.local(), caller.remote(), deadline);
    }

    private CountersAnswer callersEnd(SocketFinder.Located at, String outermost, Deadline deadline) {
        try {
            if (!acquire(outermost, deadline)) {
                return new CountersAnswer.Failed("a socket of this container blocks the kernel");
            }
            FutureTask<CountersAnswer> query = new FutureTask<>(() -> counted(at, outermost, deadline));
            start(query, outermost);
            return query.get(deadline.leftNanos(LONGEST_WAIT), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new CountersAnswer.Failed("the socket blocks the kernel");
        } catch (ExecutionException e) {
            return new CountersAnswer.Failed(String.valueOf(e.getCause()));
        } catch (RejectedExecutionException e) {
            return new CountersAnswer.Failed("the agent is stopping");
        } catch (OutOfMemoryError e) {
            // includes a thread that can't be started, which may succeed a moment later
            return new CountersAnswer.Failed("no thread for the query: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CountersAnswer.Failed("interrupted");
        }
    }

    /** Starts the query. It releases the permit when it ends, or here if no thread can be started. */
    private void start(FutureTask<CountersAnswer> query, String outermost) {
        try {
            queries.execute(query);
        } catch (Throwable e) {
            release(outermost);
            throw e;
        }
    }

    private boolean acquire(String outermost, Deadline deadline) throws InterruptedException {
        Semaphore free = permits.merge(
                        outermost,
                        new Permit(new Semaphore(1), 1),
                        (permit, _) -> new Permit(permit.free, permit.users + 1))
                .free;
        boolean acquired = false;
        try {
            acquired = free.tryAcquire(deadline.leftNanos(LONGEST_WAIT), TimeUnit.NANOSECONDS);
        } finally {
            if (!acquired) {
                leave(outermost);
            }
        }
        return acquired;
    }

    private void release(String outermost) {
        Permit permit = permits.get(outermost);
        if (permit != null) {
            permit.free.release();
            leave(outermost);
        }
    }

    /** Removes the permit with its last user, so it is never removed while a query holds it. */
    private void leave(String outermost) {
        permits.computeIfPresent(
                outermost, (_, permit) -> permit.users == 1 ? null : new Permit(permit.free, permit.users - 1));
    }

    private CountersAnswer counted(SocketFinder.Located at, String outermost, Deadline deadline) {
        try {
            InetSocketAddress source = at.source();
            return at.lookup().counters(source, at.destination(), deadline);
        } finally {
            release(outermost);
        }
    }

    private static Optional<Attestation> unknown(String reason) {
        return Optional.of(new Attestation.Unknown(reason));
    }

    @Override
    public void close() {
        queries.shutdownNow();
    }
}
