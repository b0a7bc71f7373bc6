package io.mesosiam.trial;

import io.mesosiam.sandbox.sts.IssuedSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sessions that STS issued beyond the minimum. The minimum is one session for each launch, and another one when 32/60 of the last
 * one's time have passed. A session for a task that ended more than 3 s ago is beyond it.
 */
final class StsLedger {
    private static final double RENEWED_AFTER = 32.0 / 60;
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    /** The time in which a call may still begin, or be answered, for a task that has just ended. */
    private static final Duration NEWS = Duration.ofSeconds(3);

    private StsLedger() {}

    /** The number of sessions that were needed, and the others. */
    record Calls(long needed, List<Beyond> beyond) {}

    /** A session that wasn't needed, and the last one of its task. */
    record Beyond(IssuedSession session, Optional<IssuedSession> before) {
        /** The session's name, when it was issued, and how long after the last one. */
        String text() {
            return session.sessionName() + " at " + session.issuedAt()
                    + before.map(last -> ", "
                                    + Duration.between(last.issuedAt(), session.issuedAt())
                                            .toMillis() + " ms after its last one")
                            .orElse(", its first one");
        }
    }

    /**
     * Counts the sessions of tasks that were issued from a time on.
     *
     * @param sessions all sessions so far, in order
     * @param launches all launches so far, by task id, in order
     */
    static Calls since(Instant from, List<IssuedSession> sessions, Map<String, List<TrialTask>> launches) {
        Map<String, IssuedSession> last = new HashMap<>();
        long needed = 0;
        List<Beyond> beyond = new ArrayList<>();
        for (IssuedSession session : sessions) {
            IssuedSession before = last.put(session.sessionName(), session);
            if (session.issuedAt().isBefore(from) || !session.sessionName().contains("@")) {
                continue;
            }
            String taskId = session.sessionName().split("@", 2)[0];
            if (isNeeded(launches.getOrDefault(taskId, List.of()), before, session)) {
                needed++;
            } else {
                beyond.add(new Beyond(session, Optional.ofNullable(before)));
            }
        }
        return new Calls(needed, List.copyOf(beyond));
    }

    private static boolean isNeeded(List<TrialTask> launches, @Nullable IssuedSession before, IssuedSession session) {
        for (int i = 0; i < launches.size(); i++) {
            Instant started = launches.get(i).started();
            // the last session may be the former launch's
            Instant own = i == 0 ? started : started.plus(NEWS);
            Instant at = session.issuedAt();
            if (runs(launches.get(i), at)
                    && (before == null || before.issuedAt().isBefore(own) || isRenewable(before, at))) {
                return true;
            }
        }
        return false;
    }

    private static boolean runs(TrialTask launch, Instant at) {
        return !launch.started().isAfter(at)
                && launch.ended().map(end -> end.plus(NEWS).isAfter(at)).orElse(true);
    }

    private static boolean isRenewable(IssuedSession session, Instant at) {
        return !at.isBefore(renewable(session).minus(TOLERANCE));
    }

    private static Instant renewable(IssuedSession session) {
        long millis = Duration.between(session.issuedAt(), session.expiration()).toMillis();
        return session.issuedAt().plusMillis((long) (millis * RENEWED_AFTER));
    }
}
