package io.mesosiam.policy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The value of a Mesos agent's attribute, by the types that Mesos derives from the syntax of {@code --attributes}: a
 * number is a scalar, {@code [1-5, 8-9]} are ranges, {@code {a, b}} is a set, anything else is a text. Values are equal
 * if Mesos treats them as the same, independent of their notation: {@code 109} equals {@code 109.0}.
 *
 * @see <a href="https://mesos.apache.org/documentation/latest/attributes-resources/">Mesos attributes</a>
 */
sealed interface AttributeValue {
    /** A number, rounded to the three decimals that Mesos keeps. */
    record Scalar(BigDecimal number) implements AttributeValue {
        public Scalar {
            number = number.setScale(3, RoundingMode.HALF_UP);
        }
    }

    /** Ranges of whole numbers, both ends included. They are sorted, and adjacent or overlapping ranges are joined. */
    record Ranges(List<Range> ranges) implements AttributeValue {
        public Ranges {
            ranges = joined(ranges);
        }

        private static List<Range> joined(List<Range> ranges) {
            List<Range> joined = new ArrayList<>();
            ranges.stream().sorted(Comparator.comparing(Range::begin)).forEach(range -> {
                if (!joined.isEmpty() && range.begin() - 1 <= joined.getLast().end()) {
                    Range last = joined.removeLast();
                    joined.add(new Range(last.begin(), Math.max(last.end(), range.end())));
                } else {
                    joined.add(range);
                }
            });
            return List.copyOf(joined);
        }
    }

    /** The range from {@code begin} to {@code end}, both included. */
    record Range(long begin, long end) {
        public Range {
            if (begin < 0 || end < begin) {
                throw new IllegalArgumentException(
                        "a range must begin at zero or later and must not end before its begin");
            }
        }
    }

    /** A set of items without order. */
    record Items(Set<String> items) implements AttributeValue {
        public Items {
            items = Set.copyOf(items);
        }
    }

    /** A value that begins like ranges or a set but doesn't have the syntax. It is equal only to the same text. */
    record Malformed(String text) implements AttributeValue {}

    /** Any other value, compared literally. */
    record Text(String text) implements AttributeValue {}

    /** Parses a value as Mesos does. */
    static AttributeValue parse(String text) {
        // Mesos removes all spaces before it determines the type.
        String value = text.replace(" ", "");
        return Forms.scalar(value)
                .or(() -> Forms.ranges(value))
                .or(() -> Forms.items(value))
                .orElseGet(
                        () -> value.startsWith("[") || value.startsWith("{") ? new Malformed(value) : new Text(value));
    }

    /** The syntax of each type. */
    final class Forms {
        private static final Pattern NUMBER =
                Pattern.compile("[+-]?([0-9]{1,40}\\.?[0-9]{0,40}|\\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?");
        private static final Pattern RANGE = Pattern.compile("\\s*([0-9]{1,18})\\s*-\\s*([0-9]{1,18})\\s*");
        private static final Pattern COMMA = Pattern.compile(",");

        private Forms() {}

        private static Optional<AttributeValue> scalar(String value) {
            if (!NUMBER.matcher(value).matches()) {
                return Optional.empty();
            }
            // Mesos stores a double, and so does a master's JSON.
            double number = Double.parseDouble(value);
            return Double.isFinite(number) ? Optional.of(new Scalar(new BigDecimal(number))) : Optional.empty();
        }

        private static Optional<AttributeValue> ranges(String value) {
            if (!value.startsWith("[") || !value.endsWith("]")) {
                return Optional.empty();
            }
            List<Range> ranges = new ArrayList<>();
            for (String part : inner(value).toList()) {
                Matcher range = RANGE.matcher(part);
                if (!range.matches() || Long.parseLong(range.group(2)) < Long.parseLong(range.group(1))) {
                    return Optional.empty();
                }
                ranges.add(new Range(Long.parseLong(range.group(1)), Long.parseLong(range.group(2))));
            }
            return Optional.of(new Ranges(ranges));
        }

        private static Optional<AttributeValue> items(String value) {
            return value.startsWith("{") && value.endsWith("}")
                    ? Optional.of(
                            new Items(inner(value).map(String::strip).collect(Collectors.toCollection(TreeSet::new))))
                    : Optional.empty();
        }

        private static Stream<String> inner(String value) {
            String inside = value.substring(1, value.length() - 1);
            return inside.isBlank() ? Stream.empty() : COMMA.splitAsStream(inside);
        }
    }
}
