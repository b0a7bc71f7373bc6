package io.mesosiam.api.host;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.admin.host.StoredJoinToken;
import io.mesosiam.api.Docs;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A join token as the API shows it. Only the answer that makes it has its text. */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "JoinToken",
        description = "A join token, with which hosts enrol",
        requiredProperties = {"joinTokenId", "hostname", "uses", "used", "expiresAt", "madeAt", "madeBy", "valid"})
public record JoinTokenView(
        @Schema(description = "The token's id", format = "uuid", examples = Docs.UUID_EXAMPLE)
        String joinTokenId,

        @Schema(description = HOSTNAME, examples = "web-*.hosts.example")
        String hostname,

        @Schema(description = "How many hosts can enrol with it", examples = "1")
        int uses,

        @Schema(description = "How many hosts have enrolled with it", examples = "0")
        int used,

        @Schema(description = "From when on it is refused", examples = Docs.TIME_EXAMPLE)
        Instant expiresAt,

        @Schema(description = "When it was made", examples = Docs.TIME_EXAMPLE)
        Instant madeAt,

        @Schema(description = "The caller that made it, or the database user", examples = "token:ci")
        String madeBy,

        @Schema(description = "Whether a host can still enrol with it")
        boolean valid,

        @Schema(description = "When it was revoked; absent if it is not", examples = Docs.TIME_EXAMPLE) @Nullable
        Instant revokedAt,

        @Schema(description = "The caller that revoked it, or the database user", examples = "token:ci") @Nullable
        String revokedBy,

        @Schema(description = "The token itself, only in the answer that makes it. It is shown once") @Nullable
        String token) {
    static final String HOSTNAME =
            "The host's name, or a pattern for several: * stands for any characters without a dot";

    static JoinTokenView of(StoredJoinToken stored, Instant now) {
        return of(stored, now, null);
    }

    static JoinTokenView of(StoredJoinToken stored, Instant now, @Nullable String text) {
        return new JoinTokenView(
                stored.id().toString(),
                stored.hostname(),
                stored.uses(),
                stored.used(),
                stored.expiresAt(),
                stored.madeAt(),
                stored.madeBy(),
                stored.isValid(now),
                stored.revoked().map(StoredJoinToken.Revocation::at).orElse(null),
                stored.revoked().map(StoredJoinToken.Revocation::by).orElse(null),
                text);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "JoinTokenView[" + joinTokenId + "]";
    }

    /** A page of join tokens. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "JoinTokenPage",
            description = "A page of the join tokens",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description = "Join tokens with the selected fields, in the order of 'sort'; see JoinToken",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<Object> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}

    /** What a new join token is to be; its fields are those of the request. */
    @Schema(
            name = "NewJoinToken",
            description = "What a new join token is to be",
            requiredProperties = {"hostname"})
    record Request(
            @Schema(
                    description = HOSTNAME + ". A pattern has two labels without * at its end",
                    minLength = 1,
                    maxLength = 253,
                    pattern = "^[a-z0-9*.:-]+$",
                    examples = "host7.example")
            String hostname,

            @Schema(
                    description = "How many hosts can enrol with it; more than 1 only with a pattern",
                    minimum = "1",
                    maximum = "10000",
                    defaultValue = "1",
                    examples = "1")
            Integer uses,

            @Schema(
                    description = "After how many seconds it expires",
                    minimum = "60",
                    maximum = "2592000",
                    defaultValue = "3600",
                    examples = "3600")
            Long expiresInSeconds) {}
}
