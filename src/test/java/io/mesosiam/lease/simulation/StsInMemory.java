package io.mesosiam.lease.simulation;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.secret.Secret;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** Issues sessions when the test triggers the answers. */
public final class StsInMemory implements SessionSource, Executor {
    /** The kind of answer. */
    public enum Mood {
        GIVING,
        REFUSING,
        AWAY
    }

    public final Map<String, Integer> calls = new HashMap<>();
    public Mood mood = Mood.GIVING;
    public String refusal = "AccessDenied";
    public boolean startsThreads = true;
    private final ManualClock clock;
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    public StsInMemory(ManualClock clock) {
        this.clock = clock;
    }

    @Override
    public void execute(Runnable call) {
        if (!startsThreads) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        waiting.add(call);
    }

    public boolean answerOne() {
        Optional<Runnable> next = Optional.ofNullable(waiting.poll());
        next.ifPresent(Runnable::run);
        return next.isPresent();
    }

    public int waiting() {
        return waiting.size();
    }

    @Override
    public SessionIdentity identity(Entitlement entitlement, CredentialName name, LaunchedTask task) {
        String session = entitlement.sharing() == Sharing.ROLE
                ? "shared"
                : entitlement
                        .sessionName()
                        .orElse("task-{task}")
                        .replace("{task}", task.task().key().task().value())
                        .replace(
                                "{container}",
                                task.task().container().map(Object::toString).orElse(""));
        if (session.contains("!")) {
            throw new IllegalArgumentException("session_name: '!' is not allowed");
        }
        return new SessionIdentity(
                entitlement.role(),
                session,
                Optional.empty(),
                entitlement.sessionPolicyArns(),
                new TreeMap<>(),
                entitlement.transitiveTags(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                entitlement.sessionLength());
    }

    @Override
    public SessionOutcome session(SessionIdentity identity, boolean waitingFor) {
        calls.merge(identity.hash(), 1, Integer::sum);
        return switch (mood) {
            case GIVING ->
                new SessionOutcome.Issued(new Session(
                        "AKIAFAKE",
                        Secret.of("secret of " + identity),
                        Secret.of("token of " + identity),
                        clock.instant().plus(identity.length())));
            case REFUSING -> new SessionOutcome.Refused(refusal);
            case AWAY -> new SessionOutcome.Unavailable("no answer", Optional.empty());
        };
    }

    public int callsInAll() {
        return calls.values().stream().mapToInt(Integer::intValue).sum();
    }
}
