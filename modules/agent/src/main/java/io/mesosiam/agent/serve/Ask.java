package io.mesosiam.agent.serve;

import java.time.Duration;
import java.util.Optional;

/** What is asked for. Nothing here says who asks: the kernel does. */
sealed interface Ask {
    /** Credentials, in the form of the container credential provider. */
    record Credentials(String name) implements Ask {}

    /** A token for the metadata service, good for so long. */
    record MetadataToken(Duration life) implements Ask {}

    /** What the metadata service gives to whoever shows a token. */
    sealed interface OfMetadata extends Ask {
        /** The token as it came; empty if none did. */
        Optional<String> token();
    }

    /** The names of the IAM roles that there are credentials of: one. */
    record RoleList(Optional<String> token) implements OfMetadata {}

    /** The credentials of the IAM role of this name, in the form of the metadata service. */
    record RoleDocument(String iamRoleName, Optional<String> token) implements OfMetadata {}

    /** Region and account, in the form of the instance identity document. */
    record IdentityDocument(Optional<String> token) implements OfMetadata {}

    /** A fact about the instance, by its path below {@code /latest/meta-data/}. */
    record InstanceFact(String path, Optional<String> token) implements OfMetadata {}
}
