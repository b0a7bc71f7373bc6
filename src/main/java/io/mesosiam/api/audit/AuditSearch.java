package io.mesosiam.api.audit;

import io.mesosiam.api.Parameters;
import io.mesosiam.policy.IamRole;
import io.mesosiam.signin.Caller;
import io.mesosiam.signin.Role;
import io.mesosiam.signin.RoleGrant;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the query parameters of a search in the audit trail. */
final class AuditSearch {
    /** A text that can match: it has a character other than white space, and none that PostgreSQL can't store. */
    static final String TEXT = "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$";

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
                .filter(value -> parameters.require(name, !value.isBlank(), "must not be blank"))
                .filter(value ->
                        parameters.require(name, value.indexOf('\0') < 0, "must not have the character U+0000"));
    }

    Optional<String> kind(@Nullable String text) {
        return text("kind", text)
                .filter(filter -> parameters.require("kind", AuditKinds.areSelected(filter), AuditKinds.DEMAND));
    }

    Optional<Instant> time(String name, @Nullable String text) {
        return parameters.parsed(name, text, AuditSearch::instant, "must be a time such as 2026-01-02T03:04:05Z");
    }

    Optional<String> outcome(@Nullable String text) {
        return parameters.word("outcome", text, OUTCOMES);
    }

    Optional<UUID> id(String name, @Nullable String text) {
        return parameters.parsed(name, text, AuditSearch::uuid, "must be a UUID");
    }

    Optional<String> iamRole(@Nullable String text) {
        return parameters
                .parsed("iamRole", text, IamRole::new, "must be the ARN of an IAM role")
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
                .parsed("cursor", text, Long::parseUnsignedLong, NOT_A_CURSOR)
                .filter(id -> parameters.require("cursor", id >= 0, NOT_A_CURSOR))
                .orElse(first);
    }

    /** The years are those that the database and all readers of JSON know. */
    private static Instant instant(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() < 1970 || time.getYear() > 9999) {
                throw new IllegalArgumentException("a year out of range");
            }
            return time.toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static UUID uuid(String text) {
        UUID id = UUID.fromString(text);
        if (!id.toString().equals(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("a UUID that is not written in full");
        }
        return id;
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
