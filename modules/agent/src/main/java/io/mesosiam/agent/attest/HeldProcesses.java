package io.mesosiam.agent.attest;

import io.mesosiam.agent.kernel.Pidfd;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * Processes that were seen alive, each held by a descriptor of the kernel's: to ask whether one still is costs half a microsecond, to
 * read its own account in {@code /proc} eleven. Where descriptors of processes aren't to be had, that account is read each time.
 */
final class HeldProcesses implements AutoCloseable {
    /** A thousand containers, and as many more that hold sockets; beyond it, those not asked about for longest are let go. */
    private static final int MOST = 2048;

    private record Start(long pid, long startTicks) {}

    private final LongFunction<OptionalLong> starts;
    private final boolean holding;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Start, Pidfd> held = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Start, Pidfd> eldest) {
            boolean tooMany = size() > MOST;
            if (tooMany) {
                eldest.getValue().close();
            }
            return tooMany;
        }
    };

    private boolean closed;

    /**
     * @param starts tells when a living process started, by its account
     * @param holding false to read that each time
     */
    HeldProcesses(LongFunction<OptionalLong> starts, boolean holding) {
        this.starts = starts;
        this.holding = holding;
    }

    /** Whether the process lives that has had this pid since then. */
    boolean isAlive(long pid, long startTicks) {
        Start process = new Start(pid, startTicks);
        return isHeldAlive(process) || isSeenAlive(process);
    }

    private boolean isHeldAlive(Start process) {
        lock.lock();
        try {
            Pidfd descriptor = held.get(process);
            return descriptor != null && !hasEnded(descriptor);
        } finally {
            lock.unlock();
        }
    }

    /** The descriptor comes first: should the pid change hands before the start is read, the descriptor is a dead process's and says so. */
    private boolean isSeenAlive(Start process) {
        Optional<Pidfd> descriptor = open(process.pid());
        boolean alive = starts.apply(process.pid()).equals(OptionalLong.of(process.startTicks()));
        descriptor.ifPresent(opened -> {
            if (alive) {
                hold(process, opened);
            } else {
                opened.close();
            }
        });
        return alive;
    }

    private Optional<Pidfd> open(long pid) {
        try {
            return holding ? Optional.of(Pidfd.open(pid)) : Optional.empty();
        } catch (IOException | LinkageError notHere) {
            return Optional.empty();
        }
    }

    private void hold(Start process, Pidfd descriptor) {
        lock.lock();
        try {
            Pidfd before = closed ? descriptor : held.put(process, descriptor);
            if (before != null) {
                before.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of those that have ended. */
    void forgetEnded() {
        lock.lock();
        try {
            held.values().removeIf(descriptor -> {
                boolean ended = hasEnded(descriptor);
                if (ended) {
                    descriptor.close();
                }
                return ended;
            });
        } finally {
            lock.unlock();
        }
    }

    private static boolean hasEnded(Pidfd descriptor) {
        try {
            return descriptor.hasEnded();
        } catch (IOException notSaid) {
            return true;
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            held.values().forEach(Pidfd::close);
            held.clear();
        } finally {
            lock.unlock();
        }
    }
}
