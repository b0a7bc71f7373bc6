package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.pause.Deadline;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the answer for a container. If there is none, it is requested from the controller and awaited. A bounded number
 * of requests of one outermost container and all nested in it can wait, so that one with too many delays only itself.
 */
final class HeldRequests {
    private final CredentialSource source;
    private final LeaseRequester requester;
    private final int perOutermost;
    /** By the id of the outermost container. */
    private final ConcurrentHashMap<String, Integer> waiting = new ConcurrentHashMap<>();

    HeldRequests(CredentialSource source, LeaseRequester requester, int perOutermost) {
        this.source = source;
        this.requester = requester;
        this.perOutermost = perOutermost;
    }

    /** The result of a lookup. */
    sealed interface Outcome {
        /** The answer was available at once. */
        record AtOnce(Answer answer) implements Outcome {}

        /** The request waited so long; the answer may still be nothing. */
        record Held(Answer answer, Duration waited) implements Outcome {}

        /** Too many requests wait already, of the container or of others in the same outermost one. */
        record Full() implements Outcome {}
    }

    Outcome find(Container container, String name, Deadline deadline) throws InterruptedException {
        Answer answer = source.find(container.id(), name);
        if (!(answer instanceof Answer.Nothing)) {
            return new Outcome.AtOnce(answer);
        }
        String outermost = ContainerPath.outermost(container.id());
        if (!enter(outermost)) {
            return new Outcome.Full();
        }
        try {
            long start = System.nanoTime();
            requester.requestLease(container.id(), name);
            Answer awaited = source.await(container.id(), name, deadline.left());
            return new Outcome.Held(awaited, Duration.ofNanos(System.nanoTime() - start));
        } finally {
            leave(outermost);
        }
    }

    /** The current answer, without waiting, without reading files and without a request to the controller. */
    Answer now(Container container, String name) {
        return source.known(container.id(), name);
    }

    /** The number of waiting requests. */
    int count() {
        return waiting.values().stream().mapToInt(Integer::intValue).sum();
    }

    private boolean enter(String outermost) {
        int now = waiting.merge(outermost, 1, Integer::sum);
        if (now > perOutermost) {
            leave(outermost);
            return false;
        }
        return true;
    }

    private void leave(String outermost) {
        waiting.computeIfPresent(outermost, (_, count) -> count == 1 ? null : count - 1);
    }
}
