package io.mesosiam.api.token;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.JsonText;
import io.mesosiam.api.Docs;
import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemException;
import io.mesosiam.signin.Bootstrap;
import io.mesosiam.signin.RoleGrant;
import io.mesosiam.spelling.UnknownNames;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a new API token is to be. */
@Schema(
        name = "NewToken",
        description = "What a new API token is to be",
        requiredProperties = {"name", "roles", "expiresAt"})
record TokenRequest(
        @Schema(
                description = "1 to 64 lower-case letters, digits or inner . _ -; no other token has it or had it",
                pattern = TokenRequest.NAME,
                examples = "ci")
        String name,

        @Schema(
                description = TokenView.ROLES,
                type = SchemaType.ARRAY,
                implementation = RoleText.class,
                minItems = 1,
                maxItems = 32,
                examples = "[\"viewer\"]")
        Set<RoleGrant> roles,

        @Schema(
                description = "From when on it is refused, at most 365 days from now",
                implementation = String.class,
                format = "date-time",
                pattern = Forms.TIME,
                examples = Docs.TIME_EXAMPLE)
        Instant expiresAt) {
    /** A role as a request writes it. */
    @Schema(
            name = "RoleText",
            type = SchemaType.STRING,
            description = "A role, with :/namespace unless it holds everywhere",
            pattern = "^(viewer|operator|namespace-admin|spawner|auditor|admin)"
                    + "(:/|(:(/[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?){1,8}))?$")
    interface RoleText {}

    static final String NAME = "^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$";

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String EXPIRY =
            "must be a time of the form 2026-01-02T03:04:05Z, after now and at most 365 days from now";
    private static final int MAX_ROLES = 32;
    private static final Set<String> FIELDS = Set.of("name", "roles", "expiresAt");

    /**
     * Reads the body of a request.
     *
     * @throws ProblemException that names every wrong field
     */
    static TokenRequest of(JsonNode body, Instant now) {
        Parameters fields = new Parameters();
        UnknownNames unknown = new UnknownNames(FIELDS);
        body.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                fields.require(JsonText.shortened(field), false, unknown.message(field));
            }
        });
        String name = text(body, "name").orElse("");
        fields.require("name", name.matches(NAME), "must have 1 to 64 lower-case letters, digits or inner . _ -");
        fields.require("name", !name.equals(Bootstrap.NAME), "must not be " + Bootstrap.NAME);
        Set<RoleGrant> roles = roles(body.path("roles"), fields);
        Instant expiresAt = text(body, "expiresAt").flatMap(Forms::time).orElse(Instant.EPOCH);
        fields.require("expiresAt", expiresAt.isAfter(now) && !expiresAt.isAfter(now.plus(LONGEST)), EXPIRY);
        fields.checkObject();
        return new TokenRequest(name, roles, expiresAt);
    }

    /** The problem of a time that has passed before the token was stored, by the database's clock. */
    static ProblemException expired() {
        return ProblemException.invalidObject(List.of(new Problem.FieldError("expiresAt", EXPIRY)));
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

    List<String> namespaces() {
        return roles.stream().map(RoleGrant::namespace).toList();
    }
}
