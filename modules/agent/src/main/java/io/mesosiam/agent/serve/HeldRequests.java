package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Container;
import io.mesosiam.pause.Deadline;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the answer for a container. If there is none, it is requested from the controller and awaited. A bounded number
 * of requests of one container can wait, so that a container with too many delays only itself.
 */
final class HeldRequests {
    private final CredentialSource source;
    private final LeaseRequester requester;
    private final int perContainer;
    private final ConcurrentHashMap<String, Integer> waiting = new ConcurrentHashMap<>();

    HeldRequests(CredentialSource source, LeaseRequester requester, int perContainer) {
        this.source = source;
        this.requester = requester;
        this.perContainer = perContainer;
    }

    /** The result of a lookup. */
    sealed interface Outcome {
        /** The answer was available at once. */
        record AtOnce(Answer answer) implements Outcome {}

        /** The request waited so long; the answer may still be nothing. */
        record Held(Answer answer, Duration waited) implements Outcome {}

        /** Too many requests of the container wait already. */
        record Full() implements Outcome {}
    }

    Outcome find(Container container, String name, Deadline deadline) throws InterruptedException {
        Answer answer = source.find(container.id(), name);
        if (!(answer instanceof Answer.Nothing)) {
            return new Outcome.AtOnce(answer);
        }
        if (!enter(container.id())) {
            return new Outcome.Full();
        }
        try {
            long start = System.nanoTime();
            requester.requestLease(container.id(), name);
            Answer awaited = source.await(container.id(), name, deadline.left());
            return new Outcome.Held(awaited, Duration.ofNanos(System.nanoTime() - start));
        } finally {
            leave(container.id());
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

    private boolean enter(String containerId) {
        int mine = waiting.merge(containerId, 1, Integer::sum);
        if (mine > perContainer) {
            leave(containerId);
            return false;
        }
        return true;
    }

    private void leave(String containerId) {
        waiting.computeIfPresent(containerId, (id, count) -> count == 1 ? null : count - 1);
    }
}
