package io.mesosiam.lease.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.mesosiam.fakes.HistoryLength;
import io.mesosiam.lease.reconcile.Reconciler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A preview's answer equals what the reconciler does after the change: in random histories with shared containers,
 * withdrawals, hidden tasks, frameworks that aren't visible, hosts whose agents aren't connected, times to live and
 * sessions that can't be made. To reproduce one, run {@code new PreviewedHistory(seed).run(EVENTS)}.
 */
class PreviewHistoriesTest {
    private static final int EVENTS = 150;
    private static final int HISTORIES_PER_BATCH = 40;

    /** A strong reference, so that the level isn't lost with the logger. */
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
        return LongStream.range(0, 5);
    }

    @ParameterizedTest(name = "histories {0}00…")
    @MethodSource("batches")
    void theReconcilerDoesWhatThePreviewSays(long batch) {
        long first = batch * HistoryLength.steps(100);
        int[] seen = new int[2];
        LongStream.range(first, first + HistoryLength.steps(HISTORIES_PER_BATCH))
                .map(HistoryLength::seed)
                .forEach(seed -> {
                    PreviewedHistory history = replay(seed);
                    seen[0] += history.effects;
                    seen[1] += history.ended;
                });
        assertThat(seen[0]).as("effects that were compared").isGreaterThan(500);
        assertThat(seen[1]).as("leases that ended by a change").isGreaterThan(50);
    }

    private static PreviewedHistory replay(long seed) {
        PreviewedHistory history = new PreviewedHistory(seed);
        try {
            history.run(EVENTS);
        } catch (AssertionError | RuntimeException e) {
            fail("seed " + seed + ": " + e.getMessage() + "\n" + history, e);
        }
        return history;
    }
}
