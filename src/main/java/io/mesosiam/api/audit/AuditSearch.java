package io.mesosiam.api.audit;

import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import io.mesosiam.policy.IamRole;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the query parameters of a search in the audit trail. */
final class AuditSearch {
    /** The id of an event, before or after which a page begins. */
    static final String POSITION = "^[0-9]{1,18}$";

    private static final String DEFAULT_LIMIT = "100";
    private static final List<String> OUTCOMES = List.of("done", "refused", "failed");

    private static final String NOT_A_CURSOR = "must be the 'next' of a page, or the id of an event";

    private final Parameters parameters;

    AuditSearch(Parameters parameters) {
        this.parameters = parameters;
    }

    Optional<String> text(String name, @Nullable String text) {
        return parameters
                .text(name, text)
                .filter(value -> parameters.require(
                        name, value.matches(Forms.TEXT), "must not be blank, and not have the character U+0000"));
    }

    Optional<String> kind(@Nullable String text) {
        return text("kind", text)
                .filter(filter -> parameters.require("kind", AuditKinds.areSelected(filter), AuditKinds.DEMAND));
    }

    Optional<String> actor(@Nullable String text) {
        return text("actor", text)
                .filter(name -> parameters.require("actor", name.matches(AuditNames.ACTOR), AuditNames.ACTOR_DEMAND));
    }

    Optional<String> object(@Nullable String text) {
        return text("object", text)
                .filter(name ->
                        parameters.require("object", name.matches(AuditNames.OBJECT), AuditNames.OBJECT_DEMAND));
    }

    Optional<Instant> time(String name, @Nullable String text) {
        return parameters.formed(name, text, Forms::time, "must be a time such as 2026-01-02T03:04:05Z");
    }

    Optional<String> outcome(@Nullable String text) {
        return parameters.word("outcome", text, OUTCOMES);
    }

    Optional<UUID> id(String name, @Nullable String text) {
        return parameters.id(name, text);
    }

    Optional<String> iamRole(@Nullable String text) {
        return parameters
                .formed("iamRole", text, Forms::iamRole, "must be the ARN of an IAM role")
                .map(IamRole::arn);
    }

    int limit(@Nullable String text) {
        return parameters.number("limit", Optional.ofNullable(text).orElse(DEFAULT_LIMIT), 1, Parameters.MAX_LIMIT);
    }

    /** An export has no pages. */
    void noLimit(@Nullable String text) {
        parameters.require("limit", text == null, "must be left out: an export has no pages");
    }

    long cursor(@Nullable String text, long first) {
        return parameters
                .formed("cursor", text, AuditSearch::position, NOT_A_CURSOR)
                .orElse(first);
    }

    private static Optional<Long> position(String text) {
        return text.matches(POSITION) ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }

    /** The namespaces whose events the caller may see. */
    static List<String> visible(Caller caller) {
        return caller.grants().stream()
                .filter(grant -> grant.role() == Role.AUDITOR || grant.role() == Role.ADMIN)
                .map(RoleGrant::namespace)
                .distinct()
                .toList();
    }
}
