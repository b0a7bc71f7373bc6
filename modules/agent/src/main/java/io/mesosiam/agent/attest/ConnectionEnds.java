package io.mesosiam.agent.attest;

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
 * Compares the caller's socket with the agent's own end of the connection. Two sockets can have matching addresses and ports and not be
 * connected to each other: a neighbour that takes over an address and a port opens a connection whose ends are also those of a socket that
 * its victim has left over.
 *
 * <ul>
 *   <li>The bytes that each end counts must be possible for one connection ({@link TcpCounters#canBePeerOf}).
 *   <li>A connection is first attested before the agent has sent anything on it, so a left-over socket that has received an answer never
 *       fits; an attacker can't collect answers of the right length first.
 *   <li>At that time the socket must have sent something since the agent's end last received something
 *       ({@link TcpCounters#canHaveSentWhatArrivedAt}): a left-over socket whose request was not answered counts the same bytes as a later
 *       request of the same length.
 *   <li>From then on the connection belongs to that one socket.
 * </ul>
 *
 * <p>The kernel reads a socket's counters under the socket's lock, which the socket's owner can hold for a long time. A thread of its own
 * asks, one at a time for each container, and the wait is bounded.
 */
final class ConnectionEnds implements AutoCloseable {
    /** Far above what the agent has open at once. */
    private static final int MAX_CONNECTIONS = 8192;

    private static final long WAIT_MILLIS = 250;

    private final SocketLookup host;
    private final ExecutorService asking;
    /** The containers of which a question is asked or waits to be asked. */
    private final Map<Container, Turn> turns = new ConcurrentHashMap<>();

    /** By the cookie of the agent's end; guarded by itself. */
    private final Map<Long, Long> peers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MAX_CONNECTIONS;
        }
    };

    /** @param users questions that have this turn or wait for it */
    private record Turn(Semaphore free, int users) {}

    ConnectionEnds(SocketLookup host) {
        this(host, Thread.ofPlatform().name("mesos-iam-counters").daemon().factory());
    }

    ConnectionEnds(SocketLookup host, ThreadFactory threads) {
        this.host = host;
        this.asking = Executors.newCachedThreadPool(threads);
    }

    /** Why the located socket, which this container has, is not the caller's; empty if it is. */
    Optional<Attestation> objection(Caller caller, SocketFinder.Located at, Container container) {
        long begun = System.nanoTime();
        return switch (agentsEnd(caller)) {
            case CountersAnswer.NotCounted() -> Optional.empty();
            case CountersAnswer.Failed(String reason) -> unknown("the agent's end of the connection: " + reason);
            case CountersAnswer.Counted(TcpCounters before) ->
                switch (callersEnd(at, container)) {
                    case CountersAnswer.NotCounted() -> Optional.empty();
                    case CountersAnswer.Failed(String reason) ->
                        unknown("the caller's end of the connection: " + reason);
                    case CountersAnswer.Counted(TcpCounters theirs) ->
                        compare(caller, at, before, theirs.withoutSyn(), Duration.ofNanos(System.nanoTime() - begun));
                };
        };
    }

    private Optional<Attestation> compare(
            Caller caller, SocketFinder.Located at, TcpCounters before, TcpCounters theirs, Duration elapsed) {
        if (theirs.cookie() != at.socket().cookie()) {
            return unknown("the asking socket is gone");
        }
        // mostly nothing is in flight, and one reading of our end serves as both
        if (!theirs.canBePeerOf(before, before)) {
            if (!(agentsEnd(caller) instanceof CountersAnswer.Counted(TcpCounters after))
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

    private CountersAnswer agentsEnd(Caller caller) {
        return host.counters(caller.local(), caller.remote());
    }

    private CountersAnswer callersEnd(SocketFinder.Located at, Container container) {
        try {
            if (!takeTurn(container)) {
                return new CountersAnswer.Failed("a socket of this container keeps the kernel waiting");
            }
            FutureTask<CountersAnswer> question = new FutureTask<>(() -> counted(at, container));
            start(question, container);
            return question.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new CountersAnswer.Failed("the socket keeps the kernel waiting");
        } catch (ExecutionException e) {
            return new CountersAnswer.Failed(String.valueOf(e.getCause()));
        } catch (RejectedExecutionException e) {
            return new CountersAnswer.Failed("the agent is stopping");
        } catch (OutOfMemoryError e) {
            // also for a thread that the system refuses, which a moment later may be there
            return new CountersAnswer.Failed("no thread for the question: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CountersAnswer.Failed("interrupted");
        }
    }

    /** The turn ends with the question, or here if no thread can be started for it. */
    private void start(FutureTask<CountersAnswer> question, Container container) {
        try {
            asking.execute(question);
        } catch (Throwable e) {
            endTurn(container);
            throw e;
        }
    }

    private boolean takeTurn(Container container) throws InterruptedException {
        Semaphore free = turns.merge(
                        container, new Turn(new Semaphore(1), 1), (turn, _) -> new Turn(turn.free, turn.users + 1))
                .free;
        boolean taken = false;
        try {
            taken = free.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } finally {
            if (!taken) {
                leave(container);
            }
        }
        return taken;
    }

    private void endTurn(Container container) {
        Turn turn = turns.get(container);
        if (turn != null) {
            turn.free.release();
            leave(container);
        }
    }

    /** The last one to leave forgets the turn: it can't be forgotten while a question has it. */
    private void leave(Container container) {
        turns.computeIfPresent(container, (_, turn) -> turn.users == 1 ? null : new Turn(turn.free, turn.users - 1));
    }

    private CountersAnswer counted(SocketFinder.Located at, Container container) {
        try {
            InetSocketAddress source = at.source();
            return at.lookup().counters(source, at.destination());
        } finally {
            endTurn(container);
        }
    }

    private static Optional<Attestation> unknown(String reason) {
        return Optional.of(new Attestation.Unknown(reason));
    }

    @Override
    public void close() {
        asking.shutdownNow();
    }
}
