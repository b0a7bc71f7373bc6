package io.mesosiam.agent.serve;

import java.time.Duration;
import java.util.Optional;

/** What a request is for. It does not identify the caller; attestation does. */
sealed interface CredentialRequest {
    /** Credentials, in the form of the container credential provider. */
    record Credentials(String name) implements CredentialRequest {}

    /** A token of the metadata service, with the requested life. */
    record MetadataToken(Duration life) implements CredentialRequest {}

    /** What the metadata service returns to a caller with a valid token. */
    sealed interface OfMetadata extends CredentialRequest {
        /** The token as sent; empty if the request has none. */
        Optional<String> token();
    }

    /** The list of the IAM roles that have credentials; it has one entry. */
    record RoleList(Optional<String> token) implements OfMetadata {}

    /** The credentials of the IAM role of this name, in the form of the metadata service. */
    record RoleDocument(String iamRoleName, Optional<String> token) implements OfMetadata {}

    /** Region and account, in the form of the instance identity document. */
    record IdentityDocument(Optional<String> token) implements OfMetadata {}

    /** A fact about the instance, by its path below {@code /latest/meta-data/}. */
    record InstanceFact(String path, Optional<String> token) implements OfMetadata {}
}
