package io.mesosiam.api.admin;

import io.mesosiam.api.Parameters;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version of an object, as it is written in parameters.
 *
 * @param id the object's id
 */
public record VersionTag(UUID id, long version) {
    private static final VersionTag NONE = new VersionTag(new UUID(0, 0), 1);

    /** Reads a parameter that can be left out; reports an invalid one. */
    public static Optional<VersionTag> optional(String parameter, @Nullable String text, Parameters parameters) {
        return text == null ? Optional.empty() : Optional.of(required(parameter, text, parameters));
    }

    /** Reads a parameter; reports it if it is missing or invalid. */
    public static VersionTag required(String parameter, @Nullable String text, Parameters parameters) {
        boolean valid = parameters.require(
                parameter,
                text != null && text.matches(AdminDocs.VERSION_PATTERN),
                "must be the tag of a version, as the history has it");
        return valid && text != null
                ? new VersionTag(UUID.fromString(text.substring(0, 36)), Long.parseLong(text.substring(37)))
                : NONE;
    }

    public String text() {
        return id + "." + version;
    }
}
