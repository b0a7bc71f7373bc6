package io.mesosiam.trial;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The figures of one trial.
 *
 * @param lost leases that ended although their task ran
 * @param normal from the repair until all is in step; empty if it took too long
 * @param calls sessions that STS issued
 * @param refused calls that STS didn't grant
 */
record Outcome(Judge.Tally asks, int lost, Optional<Duration> normal, StsLedger.Calls calls, long refused) {
    static final String HEAD = """
            | failure | asks | right | **wrong** | no answer: new tasks | no answer: others | **leases lost** | seconds to normal | sessions: needed, **beyond** | calls refused |
            |---|---|---|---|---|---|---|---|---|---|""";

    /** Whether no promise was broken. */
    boolean good() {
        return asks.wrong() == 0 && lost == 0 && calls.beyond().isEmpty() && normal.isPresent();
    }

    String row(String what) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %,d | %d | %,d | %,d | %d | %s | %,d, %d | %,d |",
                what,
                asks.asked(),
                asks.right(),
                asks.wrong(),
                asks.waiting(),
                asks.interrupted(),
                lost,
                normal.map(time -> String.format(Locale.ROOT, "%.1f", time.toMillis() / 1000.0))
                        .orElse("never"),
                calls.needed(),
                calls.beyond().size(),
                refused);
    }
}
