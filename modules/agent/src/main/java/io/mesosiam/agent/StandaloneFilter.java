package io.mesosiam.agent;

import io.mesosiam.agent.mesos.MesosContainers;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialSource;
import java.time.Duration;

/**
 * Refuses at once those that nothing is here for and nothing can come for: standalone containers, and what is nested in them. They belong
 * to no framework, so no controller knows a task of theirs.
 */
record StandaloneFilter(CredentialSource source, MesosContainers mesos) implements CredentialSource {
    private static final Answer STANDALONE = new Answer.Refusal(
            "NoTask", "this container was launched for no framework, and only tasks have credentials");

    @Override
    public Answer find(String containerId, String name) {
        return unlessStandalone(source.find(containerId, name), containerId);
    }

    @Override
    public Answer await(String containerId, String name, Duration atMost) throws InterruptedException {
        return unlessStandalone(source.await(containerId, name, atMost), containerId);
    }

    private Answer unlessStandalone(Answer answer, String containerId) {
        return answer instanceof Answer.Nothing && mesos.isStandalone(containerId) ? STANDALONE : answer;
    }
}
