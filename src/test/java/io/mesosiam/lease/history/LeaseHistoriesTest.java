package io.mesosiam.lease.history;

import static org.assertj.core.api.Assertions.fail;

import io.mesosiam.fakes.HistoryLength;
import io.mesosiam.lease.reconcile.Reconciler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories: lost, repeated and early hints, failovers to empty masters, hidden tasks, agents that reconnect
 * with and without their leases, restarted and fenced controllers, changes of policies and withdrawals, and an STS that
 * refuses or is unavailable. To reproduce one, run {@code new LeaseHistory(seed).run(EVENTS)}.
 */
class LeaseHistoriesTest {
    private static final int EVENTS = 120;
    private static final int HISTORIES_PER_BATCH = 50;

    /**
     * A strong reference, so that the level isn't lost with the logger. The audit lines of millions of events are not
     * useful here.
     */
    private static final Logger TRAIL = Logger.getLogger(Reconciler.class.getPackageName());

    @BeforeAll
    static void quiet() {
        TRAIL.setLevel(Level.WARNING);
    }

    @AfterAll
    static void loud() {
        TRAIL.setLevel(null);
    }

    static LongStream batches() {
        return LongStream.range(0, 10);
    }

    @ParameterizedTest(name = "histories {0}00…")
    @MethodSource("batches")
    void invariantsHoldInEveryHistory(long batch) {
        long first = batch * HistoryLength.steps(100);
        LongStream.range(first, first + HistoryLength.steps(HISTORIES_PER_BATCH))
                .map(HistoryLength::seed)
                .forEach(seed -> replay(seed, false));
    }

    /**
     * Histories that once violated an invariant: a controller forgets a refusal while its launch is out of sight and
     * serves the container later, or a session is handed over.
     */
    @ParameterizedTest(name = "history {0}")
    @ValueSource(longs = {14_302, 7_000_331, 7_003_337, 9_000_436, 31_002_531})
    void invariantsHoldInHistoriesThatOnceViolatedOne(long seed) {
        replay(seed, false);
    }

    /** With withdrawals of policies and IAM roles, of which some are lifted. */
    @Test
    void invariantsHoldWhereWhatIsGivenIsRevoked() {
        long first = 10L * HistoryLength.steps(100);
        LongStream.range(first, first + HistoryLength.steps(HISTORIES_PER_BATCH / 2))
                .map(HistoryLength::seed)
                .forEach(seed -> replay(seed, true));
    }

    private static void replay(long seed, boolean given) {
        LeaseHistory history = new LeaseHistory(seed, given);
        try {
            history.run(EVENTS);
        } catch (AssertionError | RuntimeException e) {
            fail("seed " + seed + ": " + e.getMessage() + "\n" + history, e);
        }
    }
}
