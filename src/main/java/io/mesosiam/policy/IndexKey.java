package io.mesosiam.policy;

import io.mesosiam.mesos.MesosText;
import java.util.Optional;

/**
 * A place of {@link PolicyIndex}: policies with one of their selectors in common.
 *
 * @param name the key of a label or the name of a Mesos agent's attribute; empty for other attributes
 * @param value what tasks must have there; empty for any value. Of a Mesos agent's attribute it is the hash code of the parsed
 *     value, which is small where the value is a set of hundreds of items
 */
record IndexKey(Attribute attribute, String name, Optional<Object> value) {
    /**
     * Returns the place of a selector. Every task that the selector doesn't certainly fail for looks at that place.
     *
     * @return empty if every task may match
     */
    static Optional<IndexKey> of(Selector selector) {
        return switch (selector) {
            case Selector.FrameworkPrincipal s -> exact(s);
            case Selector.FrameworkName s -> exact(s);
            case Selector.UnderMesosRole s -> exact(s);
            case Selector.TaskUser s -> exact(s);
            case Selector.TaskName s -> prefix(s.attribute(), s.glob());
            case Selector.Image s -> prefix(s.attribute(), s.glob());
            case Selector.HasLabel s ->
                Optional.of(s.value().map(value -> label(s.name(), value)).orElseGet(() -> label(s.name())));
            case Selector.AgentAttribute s -> Optional.of(attribute(s));
            case Selector.Unreadable _ -> Optional.empty();
        };
    }

    /** The place for a text that is compared as a whole. */
    static IndexKey exact(Attribute attribute, String value) {
        return new IndexKey(attribute, "", Optional.of(value));
    }

    /** The place for any value of a label. */
    static IndexKey label(String key) {
        return new IndexKey(Attribute.LABEL, key, Optional.empty());
    }

    /** The place for a value of a label. */
    static IndexKey label(String key, String value) {
        return new IndexKey(Attribute.LABEL, key, Optional.of(value));
    }

    /** The place for any value of a Mesos agent's attribute. */
    static IndexKey attribute(String name) {
        return new IndexKey(Attribute.AGENT_ATTRIBUTE, name, Optional.empty());
    }

    /** The place for a value of a Mesos agent's attribute. Other values can share it: each policy there is evaluated. */
    static IndexKey attribute(String name, AttributeValue value) {
        return new IndexKey(Attribute.AGENT_ATTRIBUTE, name, Optional.of(value.hashCode()));
    }

    /** The length of the text that the place requires at the beginning of a name. */
    int length() {
        return value.map(text -> text.toString().length()).orElse(0);
    }

    private static Optional<IndexKey> exact(Selector selector) {
        return Optional.of(exact(selector.attribute(), selector.wanted()));
    }

    /** A glob is placed by the characters before its first wildcard. */
    private static Optional<IndexKey> prefix(Attribute attribute, Glob glob) {
        String pattern = glob.pattern();
        int end = 0;
        while (end < pattern.length() && pattern.charAt(end) != '*' && pattern.charAt(end) != '?') {
            end++;
        }
        return Optional.of(pattern.substring(0, end))
                .filter(text -> !text.isEmpty())
                .map(text -> exact(attribute, text));
    }

    /** A malformed value can't be compared, so every value may match it. */
    private static IndexKey attribute(Selector.AgentAttribute selector) {
        return selector.value()
                .filter(MesosText::isReadable)
                .map(AttributeValue::parse)
                .filter(value -> !(value instanceof AttributeValue.Malformed))
                .map(value -> attribute(selector.name(), value))
                .orElseGet(() -> attribute(selector.name()));
    }
}
