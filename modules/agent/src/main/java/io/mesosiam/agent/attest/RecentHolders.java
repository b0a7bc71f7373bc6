package io.mesosiam.agent.attest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Processes that were recently found to be the only holders of a socket, so that the requests of one kept-alive
 * connection need not search all containers each time. Results must be verified again; this only saves the search for
 * <em>other</em> holders.
 */
final class RecentHolders {
    /** The time for which a socket that its holder passes to another container goes unnoticed. */
    private static final Duration TRUST = Duration.ofSeconds(1);

    private static final int MAX_SOCKETS = 4096;

    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<Key, Finding> entries = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Finding> eldest) {
            return size() > MAX_SOCKETS;
        }
    };

    void found(SocketFinder.Located at, SocketHolders.Holder holder) {
        lock.lock();
        try {
            entries.put(Key.of(at), new Finding(holder, System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    Optional<SocketHolders.Holder> holder(SocketFinder.Located at) {
        lock.lock();
        try {
            return Optional.ofNullable(entries.get(Key.of(at)))
                    .filter(finding -> System.nanoTime() - finding.at() < TRUST.toNanos())
                    .map(Finding::holder);
        } finally {
            lock.unlock();
        }
    }

    /** Cookies are never reused. If only an inode is known, the two ends exclude another socket. */
    private record Key(InetSocketAddress source, InetSocketAddress destination, long inode, long cookie) {
        static Key of(SocketFinder.Located at) {
            return new Key(
                    at.source(),
                    at.destination(),
                    at.socket().inode(),
                    at.socket().cookie());
        }
    }

    private record Finding(SocketHolders.Holder holder, long at) {}
}
