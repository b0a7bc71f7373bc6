package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;

/**
 * What a container is told instead of credentials.
 *
 * @param key whose asks it answers
 * @param container of that launch
 * @param message may be shown to the task: it names policies, never their contents
 */
public record Refusal(LeaseKey key, ContainerId container, RefusalCode code, String message) {
    public Delivery.Refuse delivery() {
        return new Delivery.Refuse(container, key.name(), code, message);
    }

    public Delivery.ClearRefusal withdrawal() {
        return new Delivery.ClearRefusal(container, key.name());
    }
}
