package io.mesosiam.controller.start;

import io.mesosiam.api.port.ApiConfig;
import io.mesosiam.audit.AuditConfig;
import io.mesosiam.channel.ChannelConfig;
import io.mesosiam.enrol.EnrolConfig;
import io.mesosiam.exposure.ExposureConfig;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.loglimit.LogConfig;
import io.mesosiam.mesos.master.MesosConfig;
import io.mesosiam.policy.store.PolicyConfig;
import io.mesosiam.preview.live.BlastRadiusConfig;
import io.mesosiam.revoke.RevokeConfig;
import io.mesosiam.signin.SignInConfig;
import io.mesosiam.sts.StsConfig;
import io.mesosiam.trace.TraceConfig;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The controller's settings as given, before anything is built from them. A wrong value does not hide the problems of
 * others.
 *
 * <p>A value that can't be converted is reported once, by {@link #problems}; {@link #value} is then empty for it.
 */
final class Settings {
    /** The interfaces that declare settings. */
    static final List<Class<?>> DECLARED = List.of(
            MesosConfig.class,
            PolicyConfig.class,
            LeaseConfig.class,
            BlastRadiusConfig.class,
            StsConfig.class,
            RevokeConfig.class,
            ChannelConfig.class,
            EnrolConfig.class,
            ExposureConfig.class,
            SignInConfig.class,
            ApiConfig.class,
            AuditConfig.class,
            LogConfig.class,
            TraceConfig.class);

    /**
     * Ordinals of configuration sources: values fixed by the build of Quarkus, its defaults, and the
     * application.properties within the program.
     */
    private static final int BUILD_FIXED = Integer.MAX_VALUE;

    private static final int BUILD_DEFAULT = Integer.MIN_VALUE;
    private static final int PROGRAM_FILE = 250;

    private final SmallRyeConfig config;
    private final Map<String, Property> properties = new TreeMap<>();
    private final List<StartProblem> problems = new ArrayList<>();

    Settings(SmallRyeConfig config) {
        this.config = config;
        DECLARED.forEach(type -> properties.putAll(ConfigMappings.getProperties(ConfigClass.configClass(type))));
        properties.keySet().forEach(this::checkReferences);
        SettingNames.OF_QUARKUS.forEach(this::checkReferences);
        properties.forEach(this::convert);
    }

    /** Every declared name; a name that ends in {@code .*} is a map with keys that the operator chooses. */
    List<String> names() {
        return List.copyOf(properties.keySet());
    }

    /** The values that cannot be converted, and the durations and numbers that are out of range. */
    List<StartProblem> problems() {
        return List.copyOf(problems);
    }

    /** A setting as text; empty where it is not set or blank. */
    Optional<String> text(String name) {
        return raw(name)
                .or(() -> Optional.ofNullable(properties.get(name))
                        .filter(Property::hasDefaultValue)
                        .map(Property::getDefaultValue))
                .filter(text -> !text.isBlank());
    }

    /** Names and values of all properties, those of the environment in both forms of their names. */
    Map<String, String> given() {
        Map<String, String> given = new TreeMap<>();
        for (String name : config.getPropertyNames()) {
            raw(name).ifPresent(value -> given.put(name, value));
        }
        return given;
    }

    /** Names of the properties that an operator set: not those of the program itself, or of the build of Quarkus. */
    Set<String> givenByOperators() {
        Set<String> given = new TreeSet<>();
        for (String name : config.getPropertyNames()) {
            int ordinal = config.getConfigValue(name).getConfigSourceOrdinal();
            if (ordinal != BUILD_FIXED && ordinal != BUILD_DEFAULT && ordinal != PROGRAM_FILE) {
                given.add(name);
            }
        }
        return given;
    }

    /** Empty if the value refers to another setting or variable, {@code ${NAME}}, that does not exist. */
    private Optional<String> raw(String name) {
        ConfigValue value = config.getConfigValue(name);
        return value.hasProblems() ? Optional.empty() : Optional.ofNullable(value.getValue());
    }

    /** Values of the program's own file refer to settings that are checked themselves. */
    private void checkReferences(String name) {
        ConfigValue value = config.getConfigValue(name);
        if (value.hasProblems() && value.getConfigSourceOrdinal() != PROGRAM_FILE) {
            problems.add(new StartProblem(
                    StartProblem.Kind.SETTING,
                    name,
                    Optional.empty(),
                    "refers with ${…} to a variable that is not set",
                    "Set that variable, or write the value itself"));
        }
    }

    <T> Optional<T> value(String name, Class<T> type) {
        try {
            return text(name).map(text -> converted(text, type));
        } catch (IllegalArgumentException | NoSuchElementException | ArithmeticException e) {
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
        if (type == URI.class) {
            // AddressChecks checks URLs, and omits a password in one from its message
            return;
        }
        Object value;
        try {
            value = converted(text, type);
        } catch (IllegalArgumentException | NoSuchElementException | ArithmeticException e) {
            problems.add(StartProblem.setting(name, text, "is not " + form(type), "Write " + example(name, type)));
            return;
        }
        if (value instanceof Boolean && !text.toLowerCase(Locale.ROOT).matches("true|false|yes|no|on|off|y|n|1|0")) {
            // the converter treats every other text as false
            problems.add(StartProblem.setting(name, text, "is not " + form(type), "Write " + example(name, type)));
        }
        switch (value) {
            case Duration _
            when text.matches("\\d+") ->
                problems.add(StartProblem.setting(
                        name, text, "is a duration without a unit", "Write " + example(name, type)));
            case Duration duration
            when duration.isNegative() || duration.isZero() ->
                problems.add(
                        StartProblem.setting(name, text, "is not longer than zero", "Write " + example(name, type)));
            case Duration duration ->
                SettingBounds.problem(name, text, duration).ifPresent(problems::add);
            case Number number ->
                SettingBounds.problem(name, text, number.longValue()).ifPresent(problems::add);
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
            case "Path" -> "a file's path";
            default -> "a " + type.getSimpleName();
        };
    }

    private static String example(String name, Class<?> type) {
        String bounds = Optional.ofNullable(SettingBounds.ALL.get(name))
                .map(known -> ", from " + known.text())
                .orElse("");
        return Number.class.isAssignableFrom(type) ? "a whole number" + bounds : example(type);
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
            default -> "another value, see docs/controller.md";
        };
    }
}
