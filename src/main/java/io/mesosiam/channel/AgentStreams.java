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
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** The one stream of each host: the newest. */
final class AgentStreams {
    private static final Logger LOG = Logger.getLogger(AgentStreams.class);

    private final ConcurrentMap<MesosAgentId, AgentConnection> newest = new ConcurrentHashMap<>();

    /** Hosts that share a lock wait for each other now and then; a lock for each would be one to clean up. */
    private final List<Lock> turns =
            Stream.<Lock>generate(ReentrantLock::new).limit(256).toList();

    private final Rivals rivals = new Rivals();
    private final InstantSource clock;
    private final RepeatedLines lines;

    AgentStreams(InstantSource clock, RepeatedLines lines) {
        this.clock = clock;
        this.lines = lines;
    }

    /** What is said of one host's coming and going is said in the order in which it happened. */
    void inTurn(MesosAgentId host, Runnable work) {
        Lock turn = turns.get(Math.floorMod(host.hashCode(), turns.size()));
        turn.lock();
        try {
            work.run();
        } finally {
            turn.unlock();
        }
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
