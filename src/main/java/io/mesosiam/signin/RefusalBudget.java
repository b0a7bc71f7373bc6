package io.mesosiam.signin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many refusals of a kind become audit events: {@value #EACH} a minute of one actor, {@value #TOTAL} of all. So a
 * flood can't fill the audit trail, and the flood of one actor leaves room for the events of others.
 */
final class RefusalBudget {
    static final int EACH = 60;
    static final int TOTAL = 240;
    private static final Duration PERIOD = Duration.ofMinutes(1);

    @GuardedBy("this")
    private Instant began = Instant.EPOCH;

    /** At most {@value #TOTAL} actors: one is added with an event alone. */
    @GuardedBy("this")
    private final Map<String, Integer> written = new HashMap<>();

    @GuardedBy("this")
    private int total;

    @GuardedBy("this")
    private long omitted;

    /** Returns the number of refusals of any actor left out before this one; negative if this one is left out too. */
    synchronized long take(String actor, Instant now) {
        if (!now.isBefore(began.plus(PERIOD)) || now.isBefore(began)) {
            began = now;
            written.clear();
            total = 0;
        }
        if (total >= TOTAL || written.getOrDefault(actor, 0) >= EACH) {
            omitted++;
            return -1;
        }
        written.merge(actor, 1, Integer::sum);
        total++;
        long before = omitted;
        omitted = 0;
        return before;
    }
}
