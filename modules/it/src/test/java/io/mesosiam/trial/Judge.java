package io.mesosiam.trial;

import io.mesosiam.sandbox.sts.IssuedSession;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Judges each answer that a container got. Right: a session that STS issued for this task and its role, which no other container was
 * served, and which hasn't expired. Any other credentials are wrong.
 */
final class Judge {
    private static final int MOST_EXPLAINED = 20;

    /** An answer may arrive this much later than it was given. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

    private final Function<String, Optional<IssuedSession>> sts;
    private final InstantSource clock;
    private final Map<String, String> containers = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> reasons = new ConcurrentHashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private final Set<TrialTask> forbidden = ConcurrentHashMap.newKeySet();
    private volatile Counts counts = new Counts();

    /** Numbers of requests since the last {@link #restart}. */
    private static final class Counts {
        private final LongAdder asked = new LongAdder();
        private final LongAdder right = new LongAdder();
        private final LongAdder wrong = new LongAdder();
        private final LongAdder waiting = new LongAdder();
        private final LongAdder interrupted = new LongAdder();
    }

    /**
     * The numbers of requests.
     *
     * @param waiting without credentials, of tasks that have had none yet
     * @param interrupted without credentials, of tasks that have had some
     */
    record Tally(long asked, long right, long wrong, long waiting, long interrupted) {}

    /**
     * @param sts the session with an access key id, as STS issued it
     * @param clock the clock by which AWS judges expirations
     */
    Judge(Function<String, Optional<IssuedSession>> sts, InstantSource clock) {
        this.sts = sts;
        this.clock = clock;
    }

    /** Judges one answer. An answer that arrives after the task's end counts only if it has credentials. */
    void judge(TrialTask task, Reply reply) {
        Counts now = counts;
        switch (reply) {
            case Reply.Credentials given -> {
                now.asked.increment();
                Optional<String> problem = problem(task, given);
                problem.ifPresentOrElse(text -> explain(now, task + " " + text), now.right::increment);
                task.answered(problem.isEmpty(), clock.instant());
            }
            case Reply.Nothing(String why)
            when task.ended().isEmpty() && !forbidden.contains(task) -> {
                now.asked.increment();
                (task.hasHadCredentials() ? now.interrupted : now.waiting).increment();
                reasons.computeIfAbsent(why, _ -> new LongAdder()).increment();
                task.answered(false, clock.instant());
            }
            case Reply.Nothing _ -> {}
        }
    }

    private Optional<String> problem(TrialTask task, Reply.Credentials given) {
        if (forbidden.contains(task)) {
            return Optional.of("got credentials after they were revoked");
        }
        Optional<IssuedSession> issued = sts.apply(given.accessKeyId());
        if (issued.isEmpty()) {
            return Optional.of("got a key that STS hasn't issued");
        }
        IssuedSession session = issued.get();
        if (!session.roleArn().equals(task.roleArn())) {
            return Optional.of("got the role " + session.roleArn());
        }
        if (!session.sessionName().startsWith(task.key().taskId() + "@")) {
            return Optional.of("got the session " + session.sessionName());
        }
        String first = containers.putIfAbsent(given.accessKeyId(), task.container());
        if (first != null && !first.equals(task.container())) {
            return Optional.of("got the session of container " + first);
        }
        Instant now = clock.instant();
        if (now.isAfter(session.expiration().plus(ON_ITS_WAY))) {
            return Optional.of("got a session that expired at " + session.expiration() + ", at " + now);
        }
        return given.expiration().isAfter(session.expiration())
                ? Optional.of("got the expiration " + given.expiration() + " instead of " + session.expiration())
                : Optional.empty();
    }

    private void explain(Counts now, String text) {
        now.wrong.increment();
        synchronized (wrong) {
            if (wrong.size() < MOST_EXPLAINED) {
                wrong.add(text);
            }
        }
    }

    /** From now on, all credentials of this task are wrong, and it misses none. */
    void forbid(TrialTask task) {
        forbidden.add(task);
    }

    boolean forbids(TrialTask task) {
        return forbidden.contains(task);
    }

    /** Begins to count anew. */
    void restart() {
        counts = new Counts();
        reasons.clear();
    }

    Tally tally() {
        Counts now = counts;
        return new Tally(now.asked.sum(), now.right.sum(), now.wrong.sum(), now.waiting.sum(), now.interrupted.sum());
    }

    /** The first wrong answers, in words. */
    List<String> wrongAnswers() {
        synchronized (wrong) {
            return List.copyOf(wrong);
        }
    }

    /** Why requests were answered without credentials, with numbers. */
    Map<String, LongAdder> reasons() {
        return Map.copyOf(reasons);
    }
}
