package io.mesosiam.lease.reconcile;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.turns.FourthTurn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/**
 * Lets one host connect at a time; the others wait here, those with a task that waits for its first lease before the rest,
 * which have at least every fourth turn. Each connect holds the state's lock for some milliseconds. After a restart hundreds
 * of hosts connect at once: if each of them waited for the lock, a new task would wait for it behind them all.
 */
final class ConnectTurns {
    @GuardedBy("this")
    private final Queue<Turn> urgent = new ArrayDeque<>();

    @GuardedBy("this")
    private final Queue<Turn> routine = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean taken;

    @GuardedBy("this")
    private final FourthTurn turns = new FourthTurn();

    private record Turn(MesosAgentId host, Semaphore begins) {}

    /** Runs the connect of a host when its turn comes. */
    void run(MesosAgentId host, boolean isUrgent, Runnable connect) {
        Turn turn = new Turn(host, new Semaphore(0));
        request(turn, isUrgent);
        turn.begins.acquireUninterruptibly();
        try {
            connect.run();
        } finally {
            next();
        }
    }

    /** Lets those of the waiting hosts that have become urgent connect before the rest. */
    synchronized void hasten(Predicate<MesosAgentId> isUrgent) {
        List<Turn> hastened = new ArrayList<>();
        routine.removeIf(turn -> isUrgent.test(turn.host()) && hastened.add(turn));
        urgent.addAll(hastened);
    }

    /** Whether a host waits for its turn. */
    synchronized boolean areAwaited() {
        return !(urgent.isEmpty() && routine.isEmpty());
    }

    private synchronized void request(Turn turn, boolean isUrgent) {
        if (taken) {
            (isUrgent ? urgent : routine).add(turn);
        } else {
            taken = true;
            turn.begins.release();
        }
    }

    private synchronized void next() {
        boolean isUrgent = turns.isUrgent(!urgent.isEmpty(), !routine.isEmpty());
        turns.taken(isUrgent, !routine.isEmpty());
        Turn turn = isUrgent ? urgent.poll() : routine.poll();
        taken = turn != null;
        if (turn != null) {
            turn.begins.release();
        }
    }
}
