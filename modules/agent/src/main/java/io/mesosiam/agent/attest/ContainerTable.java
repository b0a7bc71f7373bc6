package io.mesosiam.agent.attest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The containers of this host, kept current by repeated scans ({@link HostScanner}). Correct answers do not depend on
 * the last one: a caller that does not find what it expects requests a newer scan.
 */
final class ContainerTable implements AutoCloseable {
    /** Scans that requests cause take at most a fourth of the time, so that requests can't keep the host busy. */
    private static final int REST_FACTOR = 3;

    private final HostScanner scanner;
    private final ProcFs proc;
    private final SocketLookup hostSockets;
    private final ContainerListener listener;

    private final ReentrantLock scanning = new ReentrantLock();
    private final Condition mayScan = scanning.newCondition();
    private volatile HostView view;

    /** The start time of the last scan that read every address. */
    @GuardedBy("scanning")
    private long addressesReadFrom = System.nanoTime();

    @GuardedBy("scanning")
    private long ended = addressesReadFrom;

    @GuardedBy("scanning")
    private long took;

    /** The number of threads that wait for a scan which reads every address. */
    @GuardedBy("scanning")
    private int waiting;

    @GuardedBy("scanning")
    private boolean closed;

    ContainerTable(HostScanner scanner, ProcFs proc, SocketLookup hostSockets, ContainerListener listener) {
        this.scanner = scanner;
        this.proc = proc;
        this.hostSockets = hostSockets;
        this.listener = listener;
        this.view = scanner.unread();
    }

    /** The result of the last scan. */
    HostView view() {
        return view;
    }

    SocketLookup hostSockets() {
        return hostSockets;
    }

    boolean rootConfirmed() {
        return scanner.rootConfirmed();
    }

    /**
     * A view whose containers and addresses were all read after the given moment of {@link System#nanoTime()}. A regular
     * scan reads known addresses again only if a thread waits here, else it doesn't count. Waits for another thread's
     * scan if one is running.
     */
    HostView viewAfter(long moment) throws InterruptedException {
        scanning.lockInterruptibly();
        try {
            while (addressesReadFrom - moment <= 0) {
                long rest = ended + REST_FACTOR * took - System.nanoTime();
                if (rest <= 0) {
                    scan(true);
                } else {
                    // all threads that wait use the one scan that follows
                    waiting++;
                    try {
                        long ignored = mayScan.awaitNanos(rest);
                    } finally {
                        waiting--;
                    }
                }
            }
            mayScan.signalAll();
            return view;
        } finally {
            scanning.unlock();
        }
    }

    /**
     * Scans now, for the threads that wait, too: where a scan takes so long that the next regular one begins before the
     * rest is over, they would wait without end.
     *
     * @return the duration, in nanoseconds
     */
    long scan() {
        scanning.lock();
        try {
            scan(waiting > 0);
            mayScan.signalAll();
            return took;
        } finally {
            scanning.unlock();
        }
    }

    @GuardedBy("scanning")
    private void scan(boolean addressesToo) {
        if (closed) {
            throw new IllegalStateException("the container table is closed");
        }
        long start = System.nanoTime();
        try {
            HostView before = view;
            HostView now = scanner.scan(before, addressesToo);
            notifyListener(before.all(), now.all());
            view = now;
            if (addressesToo) {
                addressesReadFrom = start;
            }
            NetworkNamespaces.closeAbandoned(before.namespaces(), now.namespaces());
            proc.forgetEnded();
            if (!now.all().equals(before.all())) {
                listener.changed();
            }
        } finally {
            ended = System.nanoTime();
            took = ended - start;
        }
    }

    private void notifyListener(Set<Container> before, Set<Container> now) {
        List<Container> started = now.stream().filter(c -> !before.contains(c)).toList();
        List<Container> ended = before.stream().filter(c -> !now.contains(c)).toList();
        if (!started.isEmpty() || !ended.isEmpty()) {
            listener.changing(started, ended);
        }
    }

    @Override
    public void close() {
        scanning.lock();
        try {
            if (!closed) {
                closed = true;
                view.namespaces()
                        .values()
                        .forEach(namespace -> namespace.sockets().close());
                hostSockets.close();
                proc.close();
            }
        } finally {
            scanning.unlock();
        }
    }
}
