package io.mesosiam.api.token;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.signin.Bootstrap;
import io.mesosiam.signin.RoleGrant;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a new API token is to be. */
@Schema(
        name = "NewToken",
        description = "What a new API token is to be",
        requiredProperties = {"name", "roles", "expiresAt"})
record TokenRequest(
        @Schema(
                description = "1 to 64 lower-case letters, digits or inner . _ -; no other token has it or had it",
                pattern = "^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$",
                examples = "ci")
        String name,

        @Schema(
                description = TokenView.ROLES,
                implementation = String[].class,
                minItems = 1,
                maxItems = 32,
                examples = "[\"viewer\"]")
        Set<RoleGrant> roles,

        @Schema(
                description = "From when on it is refused, at most 365 days from now",
                implementation = String.class,
                format = "date-time",
                examples = Docs.TIME_EXAMPLE)
        Instant expiresAt) {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String EXPIRY = "must be a time after now, at most 365 days from now: 2026-01-02T03:04:05Z";

    /** Refuses a key that is given twice. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final int MAX_ROLES = 32;
    private static final Set<String> FIELDS = Set.of("name", "roles", "expiresAt");

    /**
     * Reads the body of a request.
     *
     * @throws ProblemException that names every wrong field
     */
    static TokenRequest of(byte @Nullable [] text, Instant now) {
        JsonNode body = object(text);
        Parameters fields = new Parameters();
        body.fieldNames()
                .forEachRemaining(field -> fields.require(
                        field, FIELDS.contains(field), "is unknown: a token has expiresAt, name, roles"));
        String name = text(body, "name").orElse("");
        fields.require(
                "name",
                name.matches("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?"),
                "must have 1 to 64 lower-case letters, digits or inner . _ -");
        fields.require("name", !name.equals(Bootstrap.NAME), "must not be " + Bootstrap.NAME);
        Set<RoleGrant> roles = roles(body.path("roles"), fields);
        Instant expiresAt = text(body, "expiresAt").flatMap(TokenRequest::time).orElse(Instant.EPOCH);
        fields.require("expiresAt", expiresAt.isAfter(now) && !expiresAt.isAfter(now.plus(LONGEST)), EXPIRY);
        fields.check();
        return new TokenRequest(name, roles, expiresAt);
    }

    /** The problem of a time that has passed before the token was stored, by the database's clock. */
    static ProblemException expired() {
        return ProblemException.invalid(List.of(new Problem.FieldError("expiresAt", EXPIRY)));
    }

    private static JsonNode object(byte @Nullable [] text) {
        try {
            JsonNode body = text == null ? MissingNode.getInstance() : STRICT.readTree(text);
            if (body.isObject()) {
                return body;
            }
        } catch (IOException e) {
            // the same answer; the text of the library would quote the body
        }
        throw new ProblemException(ProblemCode.MALFORMED_REQUEST, "the body is not a JSON object, or has a key twice");
    }

    private static Set<RoleGrant> roles(JsonNode node, Parameters fields) {
        Set<RoleGrant> roles = new HashSet<>();
        boolean list = fields.require(
                "roles",
                node.isArray() && !node.isEmpty() && node.size() <= MAX_ROLES,
                "must be a list of 1 to 32 roles");
        if (list) {
            for (int i = 0; i < node.size(); i++) {
                Optional<RoleGrant> role = RoleGrant.parse(node.get(i).asText());
                fields.require(
                        "roles[" + i + "]",
                        node.get(i).isTextual() && role.isPresent(),
                        "must be viewer, operator, namespace-admin, spawner, auditor or admin, alone or with a namespace:"
                                + " viewer:/data");
                role.ifPresent(roles::add);
            }
        }
        return Set.copyOf(roles);
    }

    private static Optional<String> text(JsonNode body, String field) {
        return Optional.ofNullable(body.get(field)).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    List<String> namespaces() {
        return roles.stream().map(RoleGrant::namespace).toList();
    }
}
