package io.mesosiam.controller.start;

import io.mesosiam.channel.ChannelConfig;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.mesos.MesosConfig;
import io.mesosiam.policy.PolicyConfig;
import io.mesosiam.sts.StsConfig;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The controller's settings as they were given, before anything is built from them: each can be wrong without hiding the others.
 *
 * <p>A value that can't be converted is reported once, by {@link #problems}; {@link #value} is then empty for it.
 */
final class Settings {
    /** The interfaces that declare settings. */
    static final List<Class<?>> DECLARED =
            List.of(MesosConfig.class, PolicyConfig.class, LeaseConfig.class, StsConfig.class, ChannelConfig.class);

    private final SmallRyeConfig config;
    private final Map<String, Property> properties = new TreeMap<>();
    private final List<StartProblem> problems = new ArrayList<>();

    Settings(SmallRyeConfig config) {
        this.config = config;
        DECLARED.forEach(type -> properties.putAll(ConfigMappings.getProperties(ConfigClass.configClass(type))));
        properties.forEach(this::convert);
    }

    /** Every name that is declared; one that ends in {@code .*} is a map with keys of the operator's choice. */
    List<String> names() {
        return List.copyOf(properties.keySet());
    }

    /** The values that can't be read as what they should be, and the durations and numbers that are out of range. */
    List<StartProblem> problems() {
        return List.copyOf(problems);
    }

    /** A setting as text; empty where it is not set or blank. */
    Optional<String> text(String name) {
        return Optional.ofNullable(config.getConfigValue(name).getValue())
                .or(() -> Optional.ofNullable(properties.get(name))
                        .filter(Property::hasDefaultValue)
                        .map(Property::getDefaultValue))
                .filter(text -> !text.isBlank());
    }

    <T> Optional<T> value(String name, Class<T> type) {
        try {
            return text(name).map(text -> converted(text, type));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            return Optional.empty();
        }
    }

    Optional<Path> file(String name) {
        return value(name, Path.class);
    }

    private <T> T converted(String text, Class<T> type) {
        return config.getConverter(type)
                .map(converter -> converter.convert(text))
                .orElseThrow(() -> new IllegalArgumentException("no converter for " + type));
    }

    private void convert(String name, Property property) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return;
        }
        Optional<Class<?>> type = type(property);
        if (type.isEmpty()) {
            return;
        }
        List<String> parts = property.isCollection() ? List.of(text.get().split(",")) : List.of(text.get());
        for (String part : parts) {
            convert(name, part.strip(), type.get());
        }
    }

    private void convert(String name, String text, Class<?> type) {
        Object value;
        try {
            value = converted(text, type);
        } catch (IllegalArgumentException | NoSuchElementException e) {
            problems.add(StartProblem.setting(name, text, "is not " + form(type), "Write " + example(type)));
            return;
        }
        if (value instanceof Boolean && !text.toLowerCase(Locale.ROOT).matches("true|false|yes|no|on|off|y|n|1|0")) {
            // the converter takes anything else for false
            problems.add(StartProblem.setting(name, text, "is not " + form(type), "Write " + example(type)));
        }
        switch (value) {
            case Duration duration
            when duration.isNegative() || duration.isZero() ->
                problems.add(StartProblem.setting(name, text, "is not longer than zero", "Write " + example(type)));
            case Number number
            when number.longValue() < (name.endsWith("port") ? 0 : 1) ->
                problems.add(StartProblem.setting(name, text, "is too small", "Write a larger number"));
            case null, default -> {}
        }
    }

    /** What one value of a property converts to; empty for maps, whose values are checked where they are used. */
    private static Optional<Class<?>> type(Property property) {
        if (property.isPrimitive()) {
            return Optional.of(property.asPrimitive().getBoxType());
        }
        if (property.isCollection()) {
            return type(property.asCollection().getElement());
        }
        if (property.isOptional()) {
            return property.asOptional().getNestedProperty().isLeaf()
                    ? type(property.asOptional().getNestedProperty())
                    : Optional.empty();
        }
        return property.isLeaf() ? Optional.of(property.asLeaf().getValueRawType()) : Optional.empty();
    }

    private static String form(Class<?> type) {
        if (type.isEnum()) {
            return "one of its values";
        }
        return switch (type.getSimpleName()) {
            case "Duration" -> "a duration";
            case "Integer", "Long" -> "a whole number in range";
            case "Boolean" -> "true or false";
            case "URI" -> "a URL";
            case "Path" -> "a file's path";
            default -> "a " + type.getSimpleName();
        };
    }

    private static String example(Class<?> type) {
        if (type.isEnum()) {
            return String.join(
                    " or ",
                    List.of(type.getEnumConstants()).stream()
                            .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                            .toList());
        }
        return switch (type.getSimpleName()) {
            case "Duration" -> "a number with a unit: 500ms, 30s, 5m, 24h";
            case "Boolean" -> "true or false";
            case "URI" -> "it as scheme://host:port";
            default -> "another value, see docs/controller.md";
        };
    }
}
