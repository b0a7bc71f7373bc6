package io.mesosiam.channel.wire;

import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a controller says. */
public sealed interface ControllerMessage {
    /** The state of the world for this host: what isn't in it isn't to be served any more. */
    record Sync(long epoch, List<Entry> entries) implements ControllerMessage {
        public Sync {
            entries = List.copyOf(entries);
        }
    }

    /** One entry is new or changed. */
    record Upsert(Entry entry) implements ControllerMessage {}

    /** Stop serving this lease. */
    record Remove(String leaseId, String reason) implements ControllerMessage {}

    /** Forget the refusal of this container and name. */
    record Unrefuse(String containerId, String name) implements ControllerMessage {}

    /** The stream is refused; the controller closes it after this. */
    record Fault(String code, String message) implements ControllerMessage {}

    /** Something to answer a container with. */
    sealed interface Entry {
        /**
         * A lease with its session.
         *
         * @param containerId empty until the lease is bound
         */
        record Served(
                String leaseId,
                long revision,
                Optional<String> containerId,
                String name,
                String roleArn,
                String identityHash,
                WireSession session)
                implements Entry {}

        /** A lease whose session the agent has already. */
        record Kept(
                String leaseId,
                long revision,
                Optional<String> containerId,
                String name,
                String roleArn,
                String identityHash)
                implements Entry {}

        /** A refusal with the code and message for the container. */
        record Refusal(String containerId, String name, String code, String message) implements Entry {}
    }

    /** Key material on its way. */
    record WireSession(String accessKeyId, Secret secretAccessKey, Secret sessionToken, Instant expiration) {}
}
