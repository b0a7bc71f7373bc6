package io.mesosiam.agent.attest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The containers of this host, kept current by repeated scans ({@link HostScanner}). Correct answers do not depend on
 * the last one: a caller that does not find what it expects requests a newer scan. Requests never run a scan themselves,
 * since it can take longer than they may wait.
 */
final class ContainerTable implements AutoCloseable {
    /** Scans that requests cause take at most a fourth of the time, so that requests can't keep the host busy. */
    private static final int REST_FACTOR = 3;

    private final HostScanner scanner;
    private final ProcFs proc;
    private final SocketLookup hostSockets;
    private final ContainerListener listener;
    private final ScheduledExecutorService clock;

    private final ReentrantLock scanning = new ReentrantLock();

    /** The result of the next scan, if it was requested. */
    private final AtomicReference<@Nullable CompletableFuture<HostView>> requested = new AtomicReference<>();

    /** Whether {@link #scanIfRequested} will run. */
    private final AtomicBoolean scheduled = new AtomicBoolean();

    private volatile Scanned last;

    @GuardedBy("scanning")
    private boolean closed;

    /**
     * The last scan.
     *
     * @param addressesReadFrom the start time of the last scan that read every address
     * @param restEnds when requests may cause the next scan
     */
    private record Scanned(HostView view, long addressesReadFrom, long restEnds) {
        Scanned restingUntil(long end) {
            return new Scanned(view, addressesReadFrom, end);
        }

        long restNanos() {
            return restEnds - System.nanoTime();
        }
    }

    /** @param clock runs the scans that requests cause */
    ContainerTable(
            HostScanner scanner,
            ProcFs proc,
            SocketLookup hostSockets,
            ContainerListener listener,
            ScheduledExecutorService clock) {
        this.scanner = scanner;
        this.proc = proc;
        this.hostSockets = hostSockets;
        this.listener = listener;
        this.clock = clock;
        long now = System.nanoTime();
        this.last = new Scanned(scanner.unread(), now, now);
    }

    /** The result of the last scan. */
    HostView view() {
        return last.view();
    }

    SocketLookup hostSockets() {
        return hostSockets;
    }

    boolean rootConfirmed() {
        return scanner.rootConfirmed();
    }

    /**
     * A view whose containers and addresses were all read after the given moment of {@link System#nanoTime()}.
     *
     * @throws TimeoutException if the deadline comes first; the scan then serves later requests
     */
    HostView viewAfter(long moment, Deadline deadline) throws InterruptedException, TimeoutException {
        Scanned scanned = last;
        if (scanned.addressesReadFrom() - moment > 0) {
            return scanned.view();
        }
        try {
            return nextView().get(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * The result of the next scan that begins, which then reads every address; without such a request a regular scan
     * reads only new ones. It begins when the rest after the last one is over, or with the next regular one. All that
     * request it until then share its result.
     */
    CompletableFuture<HostView> nextView() {
        CompletableFuture<HostView> next = new CompletableFuture<>();
        CompletableFuture<HostView> others = requested.compareAndExchange(null, next);
        scheduleScan();
        return others == null ? next : others;
    }

    private void scheduleScan() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                var ignored = clock.schedule(this::scanIfRequested, last.restNanos(), TimeUnit.NANOSECONDS);
            } catch (Throwable e) {
                // otherwise no later request would cause a scan
                scheduled.set(false);
                throw e;
            }
        }
    }

    /** Regular scans since the request may have served it, or made the rest longer. */
    private void scanIfRequested() {
        scheduled.set(false);
        if (requested.get() == null) {
            return;
        }
        if (last.restNanos() > 0) {
            scheduleScan();
            return;
        }
        try {
            long unused = scan();
        } catch (RuntimeException | Error failed) {
            // the requests that wait for this scan report the failure
        }
    }

    /**
     * Scans now, for those that have requested it, too: where a scan takes so long that the next regular one begins
     * before the rest is over, they would wait without end.
     *
     * @return the duration, in nanoseconds
     */
    long scan() {
        scanning.lock();
        try {
            return scan(requested.getAndSet(null));
        } finally {
            scanning.unlock();
        }
    }

    @GuardedBy("scanning")
    private long scan(@Nullable CompletableFuture<HostView> request) {
        long start = System.nanoTime();
        try {
            scanFrom(start, request != null);
            if (request != null) {
                request.complete(view());
            }
        } catch (RuntimeException | Error e) {
            if (request != null) {
                request.completeExceptionally(e);
            }
            throw e;
        } finally {
            long end = System.nanoTime();
            last = last.restingUntil(end + REST_FACTOR * (end - start));
        }
        return System.nanoTime() - start;
    }

    @GuardedBy("scanning")
    private void scanFrom(long start, boolean addressesToo) {
        if (closed) {
            throw new IllegalStateException("the container table is closed");
        }
        Scanned before = last;
        HostView now = scanner.scan(before.view(), addressesToo);
        notifyListener(before.view().all(), now.all());
        last = new Scanned(now, addressesToo ? start : before.addressesReadFrom(), before.restEnds());
        NetworkNamespaces.closeAbandoned(before.view().namespaces(), now.namespaces());
        proc.forgetEnded();
        if (!now.all().equals(before.view().all())) {
            listener.changed();
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
                view().namespaces()
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
