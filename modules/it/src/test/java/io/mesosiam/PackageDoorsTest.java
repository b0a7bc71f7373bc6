package io.mesosiam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each package of the main code documents its door: a class of its own, linked in {@code package-info.java}. */
class PackageDoorsTest {
    private static final List<Path> SOURCES = List.of(
            Path.of("src/main/java"),
            Path.of("modules/wire/src/main/java"),
            Path.of("modules/agent/src/main/java"),
            Path.of("modules/sandbox/src/main/java"));

    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    @Test
    void everyPackageNamesItsDoor() throws IOException {
        int packages = 0;
        for (Path sources : SOURCES) {
            for (Path file : packageInfos(sources)) {
                packages++;
                assertThat(namesItsDoor(Files.readString(file)))
                        .as("%s has a {@link} to a class of the package, where a reader begins", file)
                        .isTrue();
            }
        }

        assertThat(packages).isGreaterThan(40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/** Loops. {@link io.mesosiam.lease.Lease} is the door. */\npackage io.mesosiam.loop;",
                "/** Leases. {@link io.mesosiam.lease.plan.LeasePlan} is the door. */\npackage io.mesosiam.lease;",
                "/** Loops. */\npackage io.mesosiam.loop;"
            })
    void packageWithoutALinkToItsOwnClassNamesNoDoor(String text) {
        assertThat(namesItsDoor(text)).isFalse();
    }

    private static boolean namesItsDoor(String text) {
        Matcher name = PACKAGE.matcher(text);
        return name.find()
                && Pattern.compile("\\{@link[\\s*]+" + Pattern.quote(name.group(1)) + "\\.[A-Z]")
                        .matcher(text)
                        .find();
    }

    private static List<Path> packageInfos(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.endsWith("package-info.java"))
                    .sorted()
                    .toList();
        }
    }
}
