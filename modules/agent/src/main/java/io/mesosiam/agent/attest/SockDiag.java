package io.mesosiam.agent.attest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.kernel.NetlinkSocket;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Queries the kernel for one socket by its two ends. Takes about 10 µs, independent of the number of sockets, unless the
 * namespace has a small table of its own: see {@link SlowSockets}.
 *
 * <p>It answers for the network namespace in which its netlink socket was created, and keeps that namespace alive. One
 * query is in flight at a time; the kernel answers within the system call, so threads wait only briefly.
 */
final class SockDiag implements SocketLookup {
    private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

    private static final String TOO_LONG = "other queries of the kernel took too long";

    private static final SocketAnswer LATE = new SocketAnswer.Failed(TOO_LONG);

    private static final SocketAnswer SLOW =
            new SocketAnswer.Failed("queries for the caller's port take too long, many sockets listen there");

    private final ReentrantLock turn = new ReentrantLock();

    @GuardedBy("turn")
    private final NetlinkSocket socket;

    private final BlockingQueue<NetlinkSocket> aside = new LinkedBlockingQueue<>();

    @GuardedBy("turn")
    private int sequence;

    @GuardedBy("turn")
    private boolean closed;

    @GuardedBy("turn")
    private final SlowPorts slowPorts = new SlowPorts();

    private SockDiag(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens one in the calling thread's network namespace.
     *
     * @param countersAtOnce how many queries for counters of other processes' sockets can be in flight
     */
    static SockDiag open(int countersAtOnce) throws IOException {
        SockDiag opened = new SockDiag(NetlinkSocket.toSockDiag());
        try {
            for (int i = 0; i < countersAtOnce; i++) {
                opened.aside.add(NetlinkSocket.toSockDiag());
            }
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public SocketAnswer find(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        if (!hasTurn(deadline)) {
            return LATE;
        }
        try {
            requireOpen();
            long begun = System.nanoTime();
            return slowPorts.has(source.getPort(), begun)
                    ? SLOW
                    : noted(source.getPort(), begun, query(source, destination));
        } catch (IOException e) {
            return new SocketAnswer.Failed(String.valueOf(e.getMessage()));
        } finally {
            turn.unlock();
        }
    }

    @Override
    public SocketAnswer findCaller(Caller caller, Deadline deadline) {
        if (!hasTurn(deadline)) {
            return LATE;
        }
        try {
            requireOpen();
            long begun = System.nanoTime();
            int port = caller.source().getPort();
            return slowPorts.has(port, begun) ? SLOW : noted(port, begun, query(caller));
        } catch (IOException e) {
            return new SocketAnswer.Failed(String.valueOf(e.getMessage()));
        } finally {
            turn.unlock();
        }
    }

    @GuardedBy("turn")
    private SocketAnswer noted(int port, long begun, SocketAnswer answer) {
        if (answer instanceof SocketAnswer.Absent) {
            slowPorts.foundNothing(port, begun, System.nanoTime());
        }
        return answer;
    }

    private boolean hasTurn(Deadline deadline) {
        try {
            return turn.tryLock(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public CountersAnswer counters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        // on its own socket: the kernel may block this query, and find() must not wait for it
        NetlinkSocket own;
        try {
            own = aside.poll(deadline.leftNanos(LONGEST_WAIT), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CountersAnswer.Failed("interrupted");
        }
        if (own == null) {
            return new CountersAnswer.Failed("the namespace is gone, or its sockets are busy");
        }
        try {
            return counters(own, 1, source, destination);
        } catch (IOException e) {
            return new CountersAnswer.Failed(String.valueOf(e.getMessage()));
        } finally {
            giveBack(own);
        }
    }

    @Override
    public CountersAnswer ownCounters(InetSocketAddress source, InetSocketAddress destination, Deadline deadline) {
        if (!hasTurn(deadline)) {
            return new CountersAnswer.Failed(TOO_LONG);
        }
        try {
            requireOpen();
            return counters(socket, ++sequence, source, destination);
        } catch (IOException e) {
            return new CountersAnswer.Failed(String.valueOf(e.getMessage()));
        } finally {
            turn.unlock();
        }
    }

    private static CountersAnswer counters(
            NetlinkSocket through, int question, InetSocketAddress source, InetSocketAddress destination)
            throws IOException {
        InetDiag.writeCountersRequest(through.bytes(), question, source, destination);
        return through.query(message -> InetDiag.readCounters(message, question, source, destination));
    }

    private void giveBack(NetlinkSocket own) {
        turn.lock();
        try {
            if (closed) {
                own.close();
            } else {
                aside.add(own);
            }
        } finally {
            turn.unlock();
        }
    }

    @GuardedBy("turn")
    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the namespace is gone");
        }
    }

    @GuardedBy("turn")
    private SocketAnswer query(InetSocketAddress source, InetSocketAddress destination) throws IOException {
        int question = ++sequence;
        InetDiag.writeRequest(socket.bytes(), question, source, destination);
        return socket.query(
                message -> InetDiag.readAnswer(message, question, source, destination, TcpState::canBeCalling));
    }

    /**
     * This process's end is looked up before the caller's, and once more after it: the kernel handles requests in their order.
     * If the caller has reset the connection, a query for its end would go on to the sockets that listen there, some hundred
     * nanoseconds each: any process can have tens of thousands with one address (SO_REUSEPORT).
     */
    @GuardedBy("turn")
    private SocketAnswer query(Caller caller) throws IOException {
        if (!(queryOwn(caller) instanceof SocketAnswer.Found)) {
            return new SocketAnswer.Reset();
        }
        int question = ++sequence;
        int second = ++sequence;
        InetDiag.writeRequests(socket.bytes(), question, caller);
        SocketAnswer found = socket.query(message ->
                InetDiag.readAnswer(message, question, caller.source(), caller.destination(), TcpState::canBeCalling));
        SocketAnswer own = socket.next(message ->
                InetDiag.readAnswer(message, second, caller.local(), caller.remote(), TcpState::canBeAnswered));
        return found instanceof SocketAnswer.Found && !(own instanceof SocketAnswer.Found)
                ? new SocketAnswer.Reset()
                : found;
    }

    @GuardedBy("turn")
    private SocketAnswer queryOwn(Caller caller) throws IOException {
        int question = ++sequence;
        InetDiag.writeRequest(socket.bytes(), question, caller.local(), caller.remote());
        return socket.query(message ->
                InetDiag.readAnswer(message, question, caller.local(), caller.remote(), TcpState::canBeAnswered));
    }

    @Override
    public void close() {
        turn.lock();
        try {
            if (!closed) {
                closed = true;
                socket.close();
                for (NetlinkSocket free = aside.poll(); free != null; free = aside.poll()) {
                    free.close();
                }
            }
        } finally {
            turn.unlock();
        }
    }
}
