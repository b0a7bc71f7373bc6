package io.mesosiam.trial;

import io.mesosiam.sandbox.cluster.TaskKey;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** One launch of a task, which runs in a container of its own on one host. */
final class TrialTask {
    private final TaskKey key;
    private final String mesosAgentId;
    private final String container;
    private final String roleArn;
    private final Instant started;
    private final AtomicReference<Instant> lastRight = new AtomicReference<>(Instant.MIN);
    private final AtomicReference<Instant> lastAsked = new AtomicReference<>(Instant.MIN);
    private volatile Optional<Instant> firstRight = Optional.empty();
    private volatile Optional<Instant> ended = Optional.empty();

    TrialTask(TaskKey key, String mesosAgentId, String container, String roleArn, Instant started) {
        this.key = key;
        this.mesosAgentId = mesosAgentId;
        this.container = container;
        this.roleArn = roleArn;
        this.started = started;
    }

    TaskKey key() {
        return key;
    }

    String mesosAgentId() {
        return mesosAgentId;
    }

    String container() {
        return container;
    }

    /** The only role that the policies give it. */
    String roleArn() {
        return roleArn;
    }

    Instant started() {
        return started;
    }

    Optional<Instant> ended() {
        return ended;
    }

    void end(Instant at) {
        ended = Optional.of(at);
    }

    /** Notes the answer to a request. */
    void answered(boolean right, Instant at) {
        lastAsked.set(at);
        if (right) {
            firstRight = firstRight.or(() -> Optional.of(at));
            lastRight.set(at);
        }
    }

    /** When a request was answered with the right credentials for the last time; far in the past if none was. */
    Instant lastRight() {
        return lastRight.get();
    }

    /** When a request was answered with the right credentials for the first time. */
    Optional<Instant> firstRight() {
        return firstRight;
    }

    boolean hasHadCredentials() {
        return lastRight.get().isAfter(Instant.MIN);
    }

    /** Whether its last request was answered with the right credentials, and was made since then. */
    boolean isServedSince(Instant time) {
        Instant asked = lastAsked.get();
        return asked.isAfter(time) && asked.equals(lastRight.get());
    }

    @Override
    public String toString() {
        return key.taskId() + " in " + container + " on " + mesosAgentId + " since " + started
                + ended.map(at -> " until " + at).orElse("");
    }
}
