package io.mesosiam.agent;

import io.mesosiam.agent.mesos.MesosContainers;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.agent.serve.CredentialSource;
import java.time.Duration;

/**
 * Refuses standalone containers, and containers nested in them, at once instead of after the wait for a lease. They
 * belong to no framework, so no controller has a task for them.
 */
record StandaloneFilter(CredentialSource source, MesosContainers mesos) implements CredentialSource {
    private static final Answer STANDALONE = new Answer.Refusal(
            "NoTask", "this container was launched for no framework, and only tasks have credentials");

    @Override
    public Answer find(String containerId, String name) {
        return unlessStandalone(source.find(containerId, name), containerId);
    }

    @Override
    public Answer known(String containerId, String name) {
        return source.known(containerId, name);
    }

    @Override
    public Answer await(String containerId, String name, Duration atMost) throws InterruptedException {
        return unlessStandalone(source.await(containerId, name, atMost), containerId);
    }

    private Answer unlessStandalone(Answer answer, String containerId) {
        return answer instanceof Answer.Nothing && mesos.isStandalone(containerId) ? STANDALONE : answer;
    }
}
