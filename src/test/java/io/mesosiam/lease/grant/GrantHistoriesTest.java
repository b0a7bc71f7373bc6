package io.mesosiam.lease.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.mesosiam.fakes.HistoryLength;
import io.mesosiam.lease.reconcile.Reconciler;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of launch grants: three controllers with views of the rows and of the cluster that lag, a database that is
 * away, transactions that commit late, listeners that fail, controllers that restart, hosts that move between them, masters
 * that fail over, task ids that are used again, nested and shared containers, copied labels, several grants for a name,
 * denies, narrowed namespaces, expiry and revocation. To reproduce one, run {@code new GrantHistory(seed, lost).run(EVENTS)}.
 */
class GrantHistoriesTest {
    private static final int EVENTS = 200;
    private static final int HISTORIES_PER_BATCH = 25;

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
        return LongStream.range(0, 9);
    }

    @ParameterizedTest(name = "histories {0}00…")
    @MethodSource("batches")
    void promisesHoldInEveryHistory(long batch) {
        assertThat(replay(batch, false))
                .as("what grants became")
                .containsKeys("bound", "served", "ended with its task", "has expired", "was revoked");
    }

    /** A lost hint costs time: the final state is correct. */
    @Test
    void finalStateIsCorrectIfHintsAreLost() {
        replay(9, true);
    }

    private static Map<String, Integer> replay(long batch, boolean hintsAreLost) {
        Map<String, Integer> seen = new TreeMap<>();
        long first = batch * HistoryLength.steps(100);
        LongStream.range(first, first + HistoryLength.steps(HISTORIES_PER_BATCH))
                .map(HistoryLength::seed)
                .forEach(seed -> {
                    GrantHistory history = new GrantHistory(seed, hintsAreLost);
                    try {
                        history.run(EVENTS);
                    } catch (AssertionError | RuntimeException e) {
                        fail("seed " + seed + ": " + e.getMessage() + "\n" + history, e);
                    }
                    history.seen().forEach((what, times) -> seen.merge(what, times, Integer::sum));
                });
        return seen;
    }
}
