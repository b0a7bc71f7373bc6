package io.mesosiam.api.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mesosiam.api.Docs;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.signin.StoredToken;
import io.mesosiam.signin.Tokens;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An API token as the API shows it. Only the answer that makes it has its text. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
        name = "Token",
        description = "An API token",
        requiredProperties = {"tokenId", "name", "roles", "createdAt", "createdBy", "expiresAt", "valid"})
public record TokenView(
        @Schema(description = "The token's id", format = "uuid", examples = Docs.UUID_EXAMPLE)
        String tokenId,

        @Schema(description = "Its bearer; audit events show it as token:name", examples = "ci")
        String name,

        @Schema(description = ROLES, examples = "[\"namespace-admin:/data\"]")
        List<String> roles,

        @Schema(description = "When it was made", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String createdAt,

        @Schema(description = "The caller that made it", examples = "oidc:alice@example.org")
        String createdBy,

        @Schema(description = "From when on it is refused", format = "date-time", examples = Docs.TIME_EXAMPLE)
        String expiresAt,

        @Schema(description = "Whether it is neither revoked nor expired")
        boolean valid,

        @Schema(
                description = "When a controller last accepted it, up to a minute late; absent if never",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String lastUsedAt,

        @Schema(
                description = "When it was revoked; absent if it is not",
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        @Nullable
        String revokedAt,

        @Schema(description = "The caller that revoked it", examples = "database:postgres") @Nullable
        String revokedBy,

        @Schema(description = "The token itself, only in the answer that makes it. It is shown once") @Nullable
        String token) {
    static final String ROLES = "The roles, each with :/namespace unless it holds everywhere";

    static TokenView of(StoredToken stored, Instant now) {
        return of(stored, now, null);
    }

    static TokenView of(Tokens.Created created, Instant now) {
        return of(created.stored(), now, created.token().reveal());
    }

    private static TokenView of(StoredToken stored, Instant now, @Nullable String text) {
        return new TokenView(
                stored.id().toString(),
                stored.name(),
                stored.grants().stream().map(RoleGrant::toString).sorted().toList(),
                stored.createdAt().toString(),
                stored.createdBy(),
                stored.expiresAt().toString(),
                stored.isValid(now),
                stored.lastUsedAt().map(Instant::toString).orElse(null),
                stored.revoked().map(revoked -> revoked.at().toString()).orElse(null),
                stored.revoked().map(StoredToken.Revocation::by).orElse(null),
                text);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "TokenView[tokenId=" + tokenId + ", name=" + name + "]";
    }

    /** A page of tokens. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(
            name = "TokenPage",
            description = "A page of the API tokens",
            requiredProperties = {"items"})
    public record Page(
            @Schema(
                    description =
                            "Tokens with the selected fields, also expired and revoked ones, in the order of 'sort'; see Token",
                    type = SchemaType.ARRAY,
                    implementation = Object.class)
            List<Object> items,

            @Schema(description = Docs.NEXT) @Nullable String next) {}

    /** The caller of the request. */
    @Schema(
            name = "Caller",
            description = "The caller of the request",
            requiredProperties = {"name", "signIn", "roles"})
    public record CallerView(
            @Schema(description = "As audit events name the caller", examples = "token:ci")
            String name,

            @Schema(
                    description = "The way of signing in",
                    enumeration = {"oidc", "token", "certificate", "bootstrap", "loopback"},
                    examples = "token")
            String signIn,

            @Schema(description = ROLES, examples = "[\"namespace-admin:/data\"]")
            List<String> roles) {}
}
