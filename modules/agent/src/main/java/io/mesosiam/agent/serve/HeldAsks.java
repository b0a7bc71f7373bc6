package io.mesosiam.agent.serve;

import io.mesosiam.agent.attest.Container;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the answer for a container. What isn't here is asked of the controller and waited for; so many asks of one container wait
 * at a time, so that one that asks too much makes only itself wait.
 */
final class HeldAsks {
    private final CredentialSource source;
    private final LeaseRequester requester;
    private final int perContainer;
    private final ConcurrentHashMap<String, Integer> waiting = new ConcurrentHashMap<>();

    HeldAsks(CredentialSource source, LeaseRequester requester, int perContainer) {
        this.source = source;
        this.requester = requester;
        this.perContainer = perContainer;
    }

    /** How an ask went. */
    sealed interface Outcome {
        /** There was an answer at once. */
        record AtOnce(Answer answer) implements Outcome {}

        /** Meanwhile time has passed, and the answer may still be nothing. */
        record Held(Answer answer) implements Outcome {}

        /** Too many wait already. */
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
            requester.ask(container.id(), name);
            return new Outcome.Held(source.await(container.id(), name, deadline.left()));
        } finally {
            leave(container.id());
        }
    }

    /** What is here now, without waiting and without asking the controller. */
    Answer now(Container container, String name) {
        return source.find(container.id(), name);
    }

    /** Asks that wait now. */
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
