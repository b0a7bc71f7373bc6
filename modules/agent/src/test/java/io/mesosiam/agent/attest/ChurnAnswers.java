package io.mesosiam.agent.attest;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Compares the answers of {@link AttestationChurn} with the permitted owners of each connection, and counts them. */
final class ChurnAnswers {
    private final LongAdder right = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder replaced = new LongAdder();
    private final Map<String, LongAdder> methods = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> refusedAlive = new ConcurrentLinkedQueue<>();

    /**
     * The results of a run.
     *
     * @param right attested as the container that opened the connection
     * @param refused not attested: its container has ended, two containers hold the connection because a child moved,
     *     or it is the host's
     * @param replaced attested as the container of a newer connection with the same ends, after the caller's reset
     * @param wrong attested as another container; must be empty
     * @param refusedAlive refused although the container was alive all the time; must be empty
     * @param pidsReused processes with the pid of an ended one
     * @param methods the number of right results by method
     */
    record Tally(
            long right,
            long refused,
            long replaced,
            List<String> wrong,
            List<String> refusedAlive,
            int containersStarted,
            int pidsReused,
            Map<String, LongAdder> methods) {
        @Override
        public String toString() {
            return "attestations=" + (right + refused + replaced + wrong.size()) + " right=" + right + " refused="
                    + refused + " replaced=" + replaced + " wrong=" + wrong.size() + " refusedAlive="
                    + refusedAlive.size() + " containersStarted="
                    + containersStarted + " pidsReused=" + pidsReused + " by=" + methods;
        }
    }

    void check(ChurnConnection connection, boolean disturbedBefore, Attestation answer) {
        if (answer instanceof Attestation.Attested attested) {
            if (connection.owners.contains(attested.container())) {
                right.increment();
                methods.computeIfAbsent(attested.by(), first -> new LongAdder()).increment();
            } else if (connection.isReset()) {
                replaced.increment();
            } else {
                wrong.add(connection.owners + " was attested as " + attested);
            }
            return;
        }
        refused.increment();
        if (!disturbedBefore && !connection.disturbed && !(answer instanceof Attestation.Unknown)) {
            refusedAlive.add(connection.owners + ": " + answer);
        }
    }

    Tally tally(int containersStarted, int pidsReused) {
        return new Tally(
                right.sum(),
                refused.sum(),
                replaced.sum(),
                List.copyOf(wrong),
                List.copyOf(refusedAlive),
                containersStarted,
                pidsReused,
                methods);
    }
}
