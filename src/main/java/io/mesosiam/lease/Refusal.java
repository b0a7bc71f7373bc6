package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;

/**
 * The answer that a container receives instead of credentials.
 *
 * @param key the launch and credential name that are refused
 * @param container the launch's container
 * @param message may be shown to the task: it names policies but not their contents
 */
public record Refusal(LeaseKey key, ContainerId container, RefusalCode code, String message) {
    public Delivery.Refuse delivery() {
        return new Delivery.Refuse(container, key.name(), code, message);
    }

    public Delivery.ClearRefusal withdrawal() {
        return new Delivery.ClearRefusal(container, key.name());
    }
}
