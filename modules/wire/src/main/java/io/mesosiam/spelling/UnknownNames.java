package io.mesosiam.spelling;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The messages for names in a request that do not exist. The first {@value #EXPLAINED} of a request are explained, so that a
 * request of many makes no answer that is many times as long. Not for use by several threads.
 */
public final class UnknownNames {
    private static final int EXPLAINED = 10;
    private static final int LONGEST = 64;
    private static final int SHORTEST_BEGINNING = 4;

    private final List<String> known;
    private int explained;

    /** @param known the names that there are */
    public UnknownNames(Collection<String> known) {
        this.known = known.stream().sorted().toList();
    }

    /** What is wrong with a name: it continues the name itself. */
    public String message(String name) {
        if (explained++ >= EXPLAINED) {
            return "is unknown";
        }
        return "is unknown: "
                + nearest(name)
                        .map(meant -> "did you mean " + meant + "?")
                        .orElseGet(() -> known.isEmpty() ? "there is none" : "there are " + String.join(", ", known));
    }

    private Optional<String> nearest(String name) {
        if (name.length() > LONGEST) {
            return Optional.empty();
        }
        String plain = plain(name);
        return NearestName.of(plain, known.stream().map(UnknownNames::plain).toList())
                .filter(candidate -> 3 * NearestName.distance(plain, candidate) <= plain.length())
                .flatMap(this::written)
                .or(() -> beginning(plain));
    }

    /** A name that the caller has shortened: {@code leaseTtl}. */
    private Optional<String> beginning(String plain) {
        return plain.length() < SHORTEST_BEGINNING
                ? Optional.empty()
                : known.stream()
                        .filter(candidate -> plain(candidate).startsWith(plain))
                        .findFirst();
    }

    private Optional<String> written(String plain) {
        return known.stream()
                .filter(candidate -> plain(candidate).equals(plain))
                .findFirst();
    }

    /** Names of columns differ from those in JSON by case and underscores alone. */
    private static String plain(String name) {
        return name.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }
}
