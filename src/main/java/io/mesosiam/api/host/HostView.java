package io.mesosiam.api.host;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.host.StoredHost;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A host that has enrolled, or that was evicted. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Host",
        description = "A host that has enrolled, or that was evicted",
        requiredProperties = {"hostname", "evicted", "connected"})
public record HostView(
        @Schema(description = HostDocs.HOSTNAME, examples = HostDocs.HOSTNAME_EXAMPLE)
        String hostname,

        @Schema(
                description =
                        "The serial number of its newest certificate, hexadecimal; absent if it has none from here",
                examples = "6a1f0c3d2b4e5f60718293a4b5c6d7e8")
        @Nullable
        String certificateSerial,

        @Schema(
                description = "The proof for that certificate",
                enumeration = {"join-token", "ec2", "rotation"},
                examples = "rotation")
        @Nullable
        String proof,

        @Schema(description = "When that certificate was signed", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant issuedAt,

        @Schema(description = "When that certificate expires", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant expiresAt,

        @Schema(
                description = "The EC2 instance that proved the host; absent for other proofs",
                examples = "i-0123456789abcdef0")
        @Nullable
        String instanceId,

        @Schema(description = "The AWS account of that instance", examples = "111122223333") @Nullable
        String instanceAccount,

        @Schema(description = "The region of that instance", examples = "eu-central-1") @Nullable
        String instanceRegion,

        @Schema(
                description = "The state that EC2 stated last of that instance; unknown if EC2 knows it no more",
                examples = "running")
        @Nullable
        String instanceState,

        @Schema(description = "Whether the host is evicted") boolean evicted,

        @Schema(description = "When it was evicted; absent if it is not", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant evictedAt,

        @Schema(description = "The caller that evicted it, or the database user", examples = "oidc:alice@example.org")
        @Nullable
        String evictedBy,

        @Schema(description = "Why it was evicted", examples = "stolen") @Nullable
        String evictionReason,

        @Schema(
                description = "Whether its agent is connected to a controller; to another one than that which answers,"
                        + " according to the database at most a second ago")
        boolean connected) {
    /** @param connected the names of the hosts whose agents are connected */
    static HostView of(StoredHost host, Set<String> connected) {
        return new HostView(
                host.hostname(),
                host.certificate().map(StoredHost.Certificate::serial).orElse(null),
                host.certificate().map(StoredHost.Certificate::proof).orElse(null),
                host.certificate().map(StoredHost.Certificate::issuedAt).orElse(null),
                host.certificate().map(StoredHost.Certificate::expiresAt).orElse(null),
                host.instance().map(StoredHost.Instance::id).orElse(null),
                host.instance().map(StoredHost.Instance::account).orElse(null),
                host.instance().map(StoredHost.Instance::region).orElse(null),
                host.instance().map(StoredHost.Instance::state).orElse(null),
                host.eviction().isPresent(),
                host.eviction().map(StoredHost.Eviction::at).orElse(null),
                host.eviction().map(StoredHost.Eviction::by).orElse(null),
                host.eviction().map(StoredHost.Eviction::reason).orElse(null),
                connected.contains(host.hostname()));
    }

    /** A page of hosts. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "HostPage",
            description = "A page of the hosts",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description = "Hosts with the selected fields, in the order of 'sort'; see Host",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<Object> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}
}
