package io.mesosiam.signin;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The claims of a token whose signature has been verified. Pure. */
final class ProviderClaims {
    /** A name between slashes; one in quotes can have slashes itself. */
    private static final Pattern STEP = Pattern.compile("\"([^\"]+)\"|([^/\"]+)");

    /** RFC 8693, section 4.2: the one claim whose text is a list with blanks between. */
    private static final String SCOPE = "scope";

    private final JsonObject claims;

    private ProviderClaims(JsonObject claims) {
        this.claims = claims;
    }

    /** Reads a verified token; empty if it is not a JWT. */
    static Optional<ProviderClaims> of(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            return Optional.of(new ProviderClaims(new JsonObject(claims)));
        } catch (IllegalArgumentException | DecodeException e) {
            return Optional.empty();
        }
    }

    /**
     * The values of the claim at this path. A text is one value, blanks included: a group with the name {@code guests
     * admin} is not the group {@code admin}. Of a list, each text is a value. Everything else has none.
     */
    Set<String> values(String path) {
        List<String> steps =
                STEP.matcher(path).results().map(ProviderClaims::step).toList();
        if (steps.isEmpty()) {
            return Set.of();
        }
        Object found = claims;
        for (String step : steps) {
            found = found instanceof JsonObject object ? object.getValue(step) : null;
        }
        return switch (found) {
            case String text when steps.getLast().equals(SCOPE) -> texts(Stream.of(text.split(" ", -1)));
            case String text -> texts(Stream.of(text));
            case JsonArray list -> texts(list.stream());
            case null, default -> Set.of();
        };
    }

    /** Whether the token is meant for this audience. */
    boolean isFor(String audience) {
        return values("aud").contains(audience);
    }

    private static String step(MatchResult found) {
        return Optional.ofNullable(found.group(1)).orElseGet(() -> found.group(2));
    }

    private static Set<String> texts(Stream<?> values) {
        return values.filter(String.class::isInstance)
                .map(String.class::cast)
                .filter(text -> !text.isBlank())
                .collect(Collectors.toUnmodifiableSet());
    }
}
