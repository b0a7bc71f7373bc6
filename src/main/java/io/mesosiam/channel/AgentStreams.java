package io.mesosiam.channel;

import io.mesosiam.channel.wire.ControllerMessage.Fault;
import io.mesosiam.mesos.MesosAgentId;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/** The one stream of each host: the newest. */
final class AgentStreams {
    private static final Logger LOG = Logger.getLogger(AgentStreams.class);

    private final ConcurrentMap<MesosAgentId, AgentConnection> newest = new ConcurrentHashMap<>();

    /** The hosts in whose turn something runs or waits. */
    private final ConcurrentMap<MesosAgentId, Turn> turns = new ConcurrentHashMap<>();

    private final Rivals rivals = new Rivals();
    private final InstantSource clock;
    private final RepeatedLines lines;

    /** @param users how many run or wait in it */
    private record Turn(Lock lock, int users) {}

    AgentStreams(InstantSource clock, RepeatedLines lines) {
        this.clock = clock;
        this.lines = lines;
    }

    /**
     * Runs the work of one host one at a time, so that its streams begin and end in one order for all who are notified. The work may wait for
     * Postgres: no other host waits for it.
     */
    void inTurn(MesosAgentId host, Runnable work) {
        Lock lock = turns.merge(
                        host, new Turn(new ReentrantLock(), 1), (turn, _) -> new Turn(turn.lock, turn.users + 1))
                .lock;
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
            turns.computeIfPresent(host, (_, turn) -> turn.users == 1 ? null : new Turn(turn.lock, turn.users - 1));
        }
    }

    /** How many hosts have a turn that is taken. */
    int turns() {
        return turns.size();
    }

    /**
     * Takes a stream in and ends the one that its host had. Called in the host's turn.
     *
     * @return false if that one's claim is the newer: then it stays, and the late stream ends
     */
    boolean enter(MesosAgentId host, AgentConnection stream) {
        Optional<AgentConnection> other = of(host);
        if (other.isPresent() && other.get().epoch() > stream.epoch()) {
            stream.supersede(Fault.DEFAULT_RETRY);
            return false;
        }
        newest.put(host, stream);
        other.ifPresent(old -> supersede(host, old, stream));
        return true;
    }

    private void supersede(MesosAgentId host, AgentConnection old, AgentConnection stream) {
        Rivals.Turn turn = rivals.superseded(host, clock.instant());
        if (turn.isRivalry()) {
            lines.due("rivals " + host, clock.instant())
                    .ifPresent(repeated -> LOG.warnf(
                            "two agents take the stream of one host in turn, do they have the same certificate mesosAgentId=%s address=%s"
                                    + " otherAddress=%s retryAfter=%s repeated=%d",
                            host, stream.address(), old.address(), turn.retryAfter(), repeated));
        }
        old.supersede(turn.retryAfter());
    }

    /** Forgets a stream; false if it was not the newest of its host. */
    boolean leave(MesosAgentId host, AgentConnection stream) {
        return newest.remove(host, stream);
    }

    Optional<AgentConnection> of(MesosAgentId host) {
        return Optional.ofNullable(newest.get(host));
    }

    Collection<AgentConnection> all() {
        return List.copyOf(newest.values());
    }

    int count() {
        return newest.size();
    }
}
