package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.fail;

import io.mesosiam.fakes.HistoryLength;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories: lost, doubled and early hints, fail-overs to empty masters, hidden tasks, agents that come and go with
 * and without what they held, controllers that restart or are outdated, policies and withdrawals that change, an STS that
 * refuses or is away. To see one again, run {@code new LeaseHistory(seed).run(EVENTS)}.
 */
class LeaseHistoriesTest {
    private static final int EVENTS = 120;
    private static final int HISTORIES_PER_BATCH = 50;

    /** Held, so that the level isn't forgotten with the logger; millions of audit lines say nothing here. */
    private static final Logger TRAIL = Logger.getLogger(AuditTrail.class.getName());

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
    void everyPromiseHoldsInEveryHistory(long batch) {
        long first = batch * HistoryLength.steps(100);
        LongStream.range(first, first + HistoryLength.steps(HISTORIES_PER_BATCH))
                .map(HistoryLength::seed)
                .forEach(LeaseHistoriesTest::replay);
    }

    /** Histories in which a promise was broken: by a refusal that is forgotten before the container is served, and by a session that is handed over. */
    @ParameterizedTest(name = "history {0}")
    @ValueSource(longs = {14_302, 7_000_331, 7_003_337, 9_000_436, 31_002_531})
    void everyPromiseHoldsInHistoriesThatBrokeOne(long seed) {
        replay(seed);
    }

    private static void replay(long seed) {
        LeaseHistory history = new LeaseHistory(seed);
        try {
            history.run(EVENTS);
        } catch (AssertionError | RuntimeException e) {
            fail("seed " + seed + ": " + e.getMessage() + "\n" + history, e);
        }
    }
}
