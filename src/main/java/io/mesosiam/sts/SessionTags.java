package io.mesosiam.sts;

import io.mesosiam.policy.Entitlement;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The session tags of one launch. Values can contain placeholders. Unlike a session name, a tag's value is never
 * changed to fit, because access rules may compare it.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html">Session tags</a>
 */
final class SessionTags {
    private static final int MAX_TAGS = 50;
    private static final String CHARACTERS = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";
    private static final FieldText KEY = new FieldText(CHARACTERS, 1, 128);
    private static final FieldText VALUE = new FieldText(CHARACTERS, 0, 256);

    private SessionTags() {}

    static SortedMap<String, String> of(Entitlement entitlement, Placeholders placeholders) {
        if (entitlement.tags().size() > MAX_TAGS) {
            throw new IllegalArgumentException(
                    "tags: at most " + MAX_TAGS + ", are " + entitlement.tags().size());
        }
        TreeMap<String, String> filled = new TreeMap<>();
        TreeSet<String> folded = new TreeSet<>();
        entitlement.tags().forEach((key, template) -> {
            String field = "tags." + FieldText.abbreviate(KEY.check("tags", key));
            if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
                throw new IllegalArgumentException(field + ": keys that begin with aws: are reserved by AWS");
            }
            if (!folded.add(key.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        field + ": STS doesn't distinguish keys by case, and there is another");
            }
            filled.put(key, VALUE.check(field, placeholders.fill(field, template)));
        });
        return filled;
    }

    /** The keys that are passed on in role chaining. Each must be the key of a tag. */
    static List<String> transitive(Entitlement entitlement) {
        for (String key : entitlement.transitiveTags()) {
            if (!entitlement.tags().containsKey(key)) {
                throw new IllegalArgumentException("transitive_tags: no tag has the key " + FieldText.abbreviate(key));
            }
        }
        return entitlement.transitiveTags().stream().sorted().distinct().toList();
    }
}
