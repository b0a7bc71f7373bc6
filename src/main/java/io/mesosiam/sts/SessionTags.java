package io.mesosiam.sts;

import io.mesosiam.policy.DefaultTags;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Sharing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The session tags of one launch: the policy's own and the default tags. Values can contain placeholders. Unlike a
 * session name, the value of a policy's own tag is never changed to fit, because access rules may compare it. The value
 * of a default tag is made safe ({@link SafeText}).
 *
 * @param values all tags by key
 * @param transitive the keys that are passed on in role chaining; the default tags are among them
 * @param droppable the keys of the default tags, in the order in which they are dropped if STS finds the tags too large
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html">Session tags</a>
 */
record SessionTags(SortedMap<String, String> values, List<String> transitive, List<String> droppable) {
    private static final String CHARACTERS = "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";
    private static final FieldText KEY = new FieldText(CHARACTERS, 1, 128);
    private static final FieldText VALUE = new FieldText(CHARACTERS, 0, 256);

    static SessionTags of(Entitlement entitlement, Placeholders placeholders) {
        TreeMap<String, String> values = own(entitlement, placeholders);
        List<String> transitive = transitive(entitlement);
        Map<String, String> defaults = entitlement
                .defaultTags()
                .map(origin -> defaults(origin, entitlement.sharing(), placeholders))
                .orElse(Map.of());
        List<String> added = DefaultTags.DROPPED.stream()
                .filter(defaults::containsKey)
                .filter(key -> values.keySet().stream().noneMatch(key::equalsIgnoreCase))
                .toList();
        added.forEach(key -> values.put(key, defaults.get(key)));
        List<String> kept = added;
        while (!kept.isEmpty() && !TagSize.fits(values)) {
            values.remove(kept.getFirst());
            kept = kept.subList(1, kept.size());
        }
        return new SessionTags(
                values,
                Stream.concat(transitive.stream(), kept.stream()).sorted().toList(),
                List.copyOf(kept));
    }

    private static TreeMap<String, String> own(Entitlement entitlement, Placeholders placeholders) {
        if (entitlement.tags().size() > TagSize.MOST_TAGS) {
            throw new IllegalArgumentException("tags: at most " + TagSize.MOST_TAGS + ", are "
                    + entitlement.tags().size());
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

    /** A session that tasks share states only what is the same for all tasks of its policy. */
    private static Map<String, String> defaults(DefaultTags origin, Sharing sharing, Placeholders placeholders) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(DefaultTags.CLUSTER, SafeText.of(origin.cluster()));
        tags.put(DefaultTags.NAMESPACE, SafeText.of(origin.namespace()));
        if (sharing == Sharing.TASK) {
            tags.put(DefaultTags.FRAMEWORK, placeholders.fill("default_tags", "{framework:safe}"));
            tags.put(DefaultTags.TASK, placeholders.fill("default_tags", "{task:safe}"));
            tags.put(DefaultTags.MESOS_ROLE, placeholders.fill("default_tags", "{mesos-role:safe}"));
        }
        return tags;
    }

    /** The policy's own keys that are passed on in role chaining. Each must be the key of a tag. */
    private static List<String> transitive(Entitlement entitlement) {
        for (String key : entitlement.transitiveTags()) {
            if (!entitlement.tags().containsKey(key)) {
                throw new IllegalArgumentException("transitive_tags: no tag has the key " + FieldText.abbreviate(key));
            }
        }
        return entitlement.transitiveTags().stream().sorted().distinct().toList();
    }
}
