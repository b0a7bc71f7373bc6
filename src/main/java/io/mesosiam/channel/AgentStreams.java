package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage;
import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.loglimit.RepeatedLines;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/** The newest stream of each host. */
final class AgentStreams {
    private static final Logger LOG = Logger.getLogger(AgentStreams.class);

    /** How long {@link #endAll} waits until the ends of the streams are recorded. */
    private static final Duration RECORDED = Duration.ofSeconds(5);

    /** How many agents are asked to move in a second. A move costs the other controllers some 10 ms of CPU time. */
    private static final int MOVES_PER_SECOND = 100;

    private static final Duration SHORTEST_MOVE = Duration.ofMillis(200);

    private final ConcurrentMap<MesosAgentId, AgentStream> newest = new ConcurrentHashMap<>();

    /** The hosts whose lock is held or waited for. */
    private final ConcurrentMap<MesosAgentId, HostLock> locks = new ConcurrentHashMap<>();

    private final Rivals rivals = new Rivals();
    private final InstantSource clock;
    private final RepeatedLines lines;

    /** @param users how many threads hold it or wait for it */
    private record HostLock(Lock lock, int users) {}

    AgentStreams(InstantSource clock, RepeatedLines lines) {
        this.clock = clock;
        this.lines = lines;
    }

    /**
     * Runs work under the lock of a host, so that its connects and disconnects are reported in order. The work may wait
     * for Postgres; other hosts do not wait for it.
     */
    void locked(MesosAgentId host, Runnable work) {
        Lock lock = locks.merge(
                        host,
                        new HostLock(new ReentrantLock(), 1),
                        (known, _) -> new HostLock(known.lock, known.users + 1))
                .lock;
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
            locks.computeIfPresent(
                    host, (_, known) -> known.users == 1 ? null : new HostLock(known.lock, known.users - 1));
        }
    }

    /** Number of hosts whose lock is held or waited for. */
    int lockedHosts() {
        return locks.size();
    }

    /**
     * Registers a stream and ends the previous one of the host. The caller holds the lock of the host.
     *
     * @return false if the previous stream has the newer claim: it stays, and the new stream ends
     */
    boolean enter(MesosAgentId host, AgentStream stream) {
        Optional<AgentStream> other = of(host);
        if (other.isPresent() && other.get().epoch() > stream.epoch()) {
            stream.supersede(Fault.DEFAULT_RETRY);
            return false;
        }
        newest.put(host, stream);
        other.ifPresent(old -> supersede(host, old, stream));
        return true;
    }

    private void supersede(MesosAgentId host, AgentStream old, AgentStream stream) {
        Rivals.Turn turn = rivals.superseded(host, clock.instant());
        if (turn.isRivalry()) {
            lines.due("rivals " + host, clock.instant())
                    .ifPresent(repeated -> LOG.warnf(
                            "two agents replace the stream of one host in turn, check for a shared certificate mesosAgentId=%s address=%s"
                                    + " otherAddress=%s retryAfter=%s repeated=%d",
                            host, stream.address(), old.address(), turn.retryAfter(), repeated));
        }
        old.supersede(turn.retryAfter());
    }

    /** Removes a stream; returns false if it was not the newest of its host. */
    boolean leave(MesosAgentId host, AgentStream stream) {
        return newest.remove(host, stream);
    }

    Optional<AgentStream> of(MesosAgentId host) {
        return Optional.ofNullable(newest.get(host));
    }

    /** Whether the host has a stream here whose claim is recorded. */
    boolean isServed(MesosAgentId host) {
        return of(host).flatMap(stream -> stream.stage().admitted())
                .filter(admitted -> !admitted.claim().provisional())
                .isPresent();
    }

    Collection<AgentStream> all() {
        return List.copyOf(newest.values());
    }

    /**
     * Asks all agents to move to other controllers, each at a random time. Their streams go on until they have moved.
     * Returns when all have ended, or some time after the time of the moves: agents stay that are of an earlier version, or
     * reach no other controller. An agent that was asked before, and still waits or tries, uses the time of the last request.
     *
     * @param longest the time of the moves if there are many agents
     * @param last how long to wait for the last streams beyond that time
     */
    void moveAll(Duration longest, Duration last) {
        Collection<AgentStream> open = all();
        Duration within = timeOfMoves(open.size(), longest);
        ControllerMessage.Move move = new ControllerMessage.Move(within);
        open.forEach(stream -> stream.send(move));
        LOG.infof("agents asked to move streams=%d within=%s", open.size(), within);
        if (!recorded(open, within.plus(last))) {
            LOG.infof("agents have not all moved left=%d", count());
        }
    }

    /** The time within which so many agents move. */
    static Duration timeOfMoves(int agents, Duration longest) {
        Duration spread = Duration.ofSeconds(agents).dividedBy(MOVES_PER_SECOND);
        return Collections.min(List.of(Collections.max(List.of(spread, SHORTEST_MOVE)), longest));
    }

    /**
     * Ends all streams with this fault. Returns when the ends are recorded, or after {@link #RECORDED}.
     *
     * @return number of the streams
     */
    int endAll(Fault fault) {
        Collection<AgentStream> open = all();
        open.forEach(stream -> stream.end(fault));
        awaitRecorded(open);
        return open.size();
    }

    private static void awaitRecorded(Collection<AgentStream> ended) {
        if (!recorded(ended, RECORDED)) {
            LOG.warnf("ends of streams not recorded in time limit=%s", RECORDED);
        }
    }

    /** Waits until the ends of these streams are recorded. */
    private static boolean recorded(Collection<AgentStream> ended, Duration limit) {
        CompletableFuture<?>[] ends = ended.stream().map(AgentStream::recorded).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(ends).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("never completed exceptionally", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    int count() {
        return newest.size();
    }
}
